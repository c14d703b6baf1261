"""What a run imports knows nothing of fitting: numpy and scikit-learn cost two seconds of start."""

import subprocess
import sys

ENGINE = [
    "allocation.engine", "allocation.plans", "allocation.policy", "allocation.policy_tables",
    "allocation.snapshot", "allocation.explanation", "flows.cli", "flows.commands.score",
]  # fmt: skip


def test_engine_policy_and_command_line_start_without_numpy_and_scikit_learn(root):
    script = (
        f"import sys, importlib\nfor name in {ENGINE!r}: importlib.import_module(name)\n"
        "print(sorted({'numpy', 'sklearn', 'scipy', 'allocation.scoring'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_scoring_a_lead_again_needs_no_numpy(root):
    script = "import sys, allocation.scoring.points\nprint('numpy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
