"""Re-checks a published folder from its bytes alone: what outsiders run.

No database, no configuration, nothing of flows, adapters or pages. What is where:

- `verify`       the one entry point: all checks in order, then the verdict
- `report`       a check's outcome, the verdict and its exit code
- `site`         reading a published folder or address; `Refused`, the one error
- `log`          key, checkpoint, tiles, entries, proofs
- `records`      the record behind each entry
- `evidence`     older checkpoints and witnesses: what was there when
- `manifest`     every published file is the one that was logged
- `draws`        each draw from opening to end, re-derived
- `runs`         all draws, and those of a run among themselves
- `decisions`    allocation records against decision files and draws
- `pages`        numbers that pages state
- `replay`       decisions made again from a run's bundle
- `standalone`   verify.py, the verifier of one file that is published with every site
"""
