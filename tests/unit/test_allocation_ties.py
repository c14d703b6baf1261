"""Ties are broken by keys that anyone can recompute from the log, recomputed here by hand."""

import hashlib
import hmac

from allocation.engine import allocate
from allocation.snapshot import snapshot_sha256
from allocation.ties import tie_seed
from ledger.canonical import canonical
from lottery.chance import tagged
from tests import builders as build

V2 = build.policy()
BANDS = ["enterprise", "mid_market", "smb"]


def key(seed, text):
    return hmac.new(seed, text.encode(), hashlib.sha256).digest()


def test_the_tie_seed_is_the_tagged_hash_of_the_snapshot_and_the_select_seeds():
    snapshot, seeds = "ab" * 32, ["01" * 32, "02" * 32]
    body = bytes.fromhex(snapshot + "".join(seeds))
    assert tie_seed(snapshot, seeds) == tagged("ties", body)


def test_one_lead_among_equal_reps_goes_to_the_smallest_key():
    reps = build.reps(count=30)
    lead = build.lead(name="one", band="mid_market")
    snap = build.snapshot(leads=[lead], reps=reps)
    draws = build.draws(snap, V2)
    digest = hashlib.sha256(canonical(snap.to_record())).hexdigest()
    assert digest == snapshot_sha256(snap)
    body = bytes.fromhex(digest + "".join(draws["selects"][band]["seed"] for band in BANDS))
    seed = hashlib.sha256(b"fairlead/draw/1/ties\n" + body).digest()
    winner = min(reps, key=lambda rep: key(seed, f"mid_market\n{rep.ref}")).ref
    assert allocate(snap, V2, draws).decisions[0].rep == winner


def test_equal_leads_queue_by_the_smallest_key():
    rep = build.rep(name="sole", open_discovery_demo=24)  # room for one
    leads = build.leads(count=12, band="mid_market")
    pol = build.policy(replace={"        pct: 20": "        pct: 0"})
    snap = build.snapshot(leads=leads, reps=[rep])
    draws = build.draws(snap, pol)
    seeds = [draws["selects"][band]["seed"] for band in BANDS]
    seed = tie_seed(snapshot_sha256(snap), seeds)
    first = min(leads, key=lambda lead: key(seed, f"lead\n{lead.ref}")).ref
    assert [d.lead for d in allocate(snap, pol, draws).decisions if d.rep] == [first]
