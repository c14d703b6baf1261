"""The draw protocol `fairlead/draw/1`: published bytes in, winners out.

Pure: integers and bytes only; no clock, no dice, no files, no network. What is where:

- `shapes`     what a field may look like (text, hex, integer, time); `DrawError`, the one error
- `chance`     tagged hashes, the seed, streams of unbiased numbers
- `beacon`     the drand quicknet chain: constants, round of a closing time, signature check
- `sources`    the three kinds of source, their reveals, the 32 bytes each gives, their time
- `records`    opening, closing, commitment: constructors, checks, hashes
- `endings`    void, and the shape of an outcome
- `selection`  which leads of a band go to which share
- `ladder`     who wins which lead: own lines, then the base ladder
- `derive`     a whole draw from its records; reads draw files; makes and checks outcomes
- `pools`      do the ladders of a share give out exactly what the band's select gave it?
- `picture`    where each rung and path of a ladder is drawn (geometry only)

    DrawError (ValueError)   a record, reveal or signature is not what the protocol allows;
                             its text is one line that names what is wrong
"""
