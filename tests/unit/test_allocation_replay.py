"""A run stored before the policy language grew replays byte for byte."""

from pathlib import Path

from allocation.engine import allocate
from allocation.explanation import explanations
from allocation.policy import load_policy
from allocation.snapshot import Snapshot
from ledger.canonical import canonical, parse_canonical

STORED = Path(__file__).parents[1] / "vectors" / "allocation"


def test_a_run_stored_by_the_first_release_is_decided_and_explained_as_it_was():
    bundle = parse_canonical((STORED / "bundle.json").read_bytes())
    snapshot = Snapshot.from_record(bundle["snapshot"])
    assert canonical(snapshot.to_record()) == canonical(bundle["snapshot"])
    policy = load_policy(bundle["policy"])
    outcome = allocate(snapshot, policy, bundle["draws"])
    assert outcome.file() == (STORED / "decisions.json").read_bytes()
    assert canonical(outcome.carry.to_record()) == (STORED / "carry.json").read_bytes()
    tables = [row.to_record() for row in explanations(snapshot, policy, bundle["draws"])]
    assert canonical(tables) == (STORED / "explanations.json").read_bytes()
