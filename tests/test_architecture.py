"""What keeps the house and its papers true: layout, settings, pins, schedules, documents."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from allocation.policy import load_policy
from flows.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = [
    "flows", "adapters", "expectations", "notifications", "audit",
    "allocation", "lottery", "ledger",
]  # fmt: skip
LONGEST_MODULE = 250
# A longer module needs a reason here.
LONGER = {
    "audit/standalone/verify.py": "one file on purpose: it is published and read alone",
    "adapters/crm/columns.py": "a table: every column of the CSV source",
    "notifications/locale/en.py": "a table: every sentence of the pages",
    "notifications/locale/zh.py": "a table: every sentence of the pages",
}
# Who may touch os.environ besides flows/settings.py, and why none of it is reading a setting.
ENVIRONMENT = {
    "flows/prefect_server.py": "hands the environment and Prefect's settings to its server",
    "flows/build_models.py": "hands the connection to dbt and puts back what was there",
    "expectations/gate.py": "switches progress bars off",
}
NOT_IN_GIT = {
    ".pyc", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".pdf", ".db", ".sqlite", ".key", ".pem",
    ".log", ".zip", ".gz", ".whl", ".parquet", ".xlsx", ".env", ".orig", ".rej",
}  # fmt: skip


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def tracked() -> list[str]:
    """Paths that git knows."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listing.returncode != 0:
        pytest.skip("not a git checkout")
    return [path for path in listing.stdout.split("\0") if path and (ROOT / path).is_file()]


# -- the code --


def test_no_module_is_longer_than_250_lines():
    lengths = {name_of(p): len(p.read_text(encoding="utf-8").splitlines()) for p in modules()}
    too_long = {n: lines for n, lines in lengths.items() if lines > LONGEST_MODULE}
    assert sorted(too_long) == sorted(LONGER), too_long


def test_only_settings_reads_the_environment():
    touching = {
        name_of(path)
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "environb"))
        or (isinstance(node, ast.ImportFrom) and node.module == "os"
            and {alias.name for alias in node.names} & {"environ", "getenv"})
    }  # fmt: skip
    assert touching == {"flows/settings.py", *ENVIRONMENT}
    for path in ENVIRONMENT:
        assert not re.search(
            r"environ(\.get\(|\[)\s*[\"']FAIRLEAD_", (ROOT / path).read_text(encoding="utf-8")
        ), f"{path} reads a setting"


def test_the_command_line_starts_without_the_heavy_libraries():
    script = (
        "import sys, flows.cli\n"
        "heavy = {'prefect', 'dbt', 'great_expectations', 'pandas', 'sqlalchemy', 'psycopg',"
        " 'jinja2', 'babel', 'pydantic_settings', 'cryptography'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_every_pin_has_its_reason():
    bare = [
        line.strip()
        for line in (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
        if re.match(r'^\s+"[a-z0-9\[\]._-]+[<>=]', line) and "#" not in line
    ]
    assert bare == []


def test_every_package_is_built_checked_and_layered():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert project["hatch"]["build"]["targets"]["wheel"]["packages"] == PACKAGES
    assert project["mypy"]["packages"] == PACKAGES
    assert project["importlinter"]["root_packages"] == PACKAGES
    assert {p.name for p in ROOT.iterdir() if (p / "__init__.py").exists()} <= {
        *PACKAGES, "benchmarks", "tests",
    }  # fmt: skip


# -- the schedules --


@pytest.fixture(scope="module")
def deployments() -> list[dict]:
    return YAML(typ="safe").load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]


def test_every_deployment_of_prefect_yaml_loads(deployments):
    entrypoints = [deployment["entrypoint"] for deployment in deployments]
    # One process for all: importing Prefect takes seconds.
    script = (
        "import json, sys\n"
        "from prefect.flows import load_flow_from_entrypoint\n"
        "for entrypoint in json.loads(sys.argv[1]):\n"
        "    flow = load_flow_from_entrypoint(entrypoint, use_placeholder_flow=False)\n"
        "    print(entrypoint, ','.join(flow.parameters.properties))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, json.dumps(entrypoints)],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    takes = dict(line.rsplit(" ", 1) for line in done.stdout.splitlines())
    for deployment in deployments:
        unknown = set(deployment.get("parameters", {})) - set(
            takes[deployment["entrypoint"]].split(",")
        )
        assert not unknown, f"{deployment['name']} is given {unknown}"


def test_the_schedules_are_the_policys_calendar(deployments):
    policy = load_policy(
        (ROOT / "policies" / "lead-allocation-v2.yaml").read_text(encoding="utf-8")
    )
    days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
    calendar = policy.calendar
    for name, at in {
        "freeze-and-split": calendar.freeze,
        "open-window": calendar.open,
        "close-and-allocate": calendar.close,
    }.items():
        (deployment,) = [d for d in deployments if d["name"] == name]
        (schedule,) = deployment["schedules"]
        minute, hour, _, _, weekday = schedule["cron"].split()
        assert f"{int(hour):02}:{int(minute):02}" == at
        assert days[int(weekday)] == calendar.weekday
        assert schedule["timezone"] == policy.zone


# -- the papers --


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))


def test_readme_names_the_two_commands():
    assert "make demo" in read("README.md")
    assert "make test" in read("README.md")


@pytest.mark.parametrize("paper", ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"])
def test_every_make_command_in_the_papers_exists(paper):
    assert set(re.findall(r"`make ([a-z]+)", read(paper))) <= make_targets()


def test_contributing_explains_every_make_command():
    explained = set(re.findall(r"make ([a-z]+)", read("CONTRIBUTING.md")))
    assert make_targets() - {"browser"} <= explained


@pytest.mark.parametrize("paper", ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"])
def test_every_file_that_a_paper_links_to_exists(paper):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", read(paper))
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_setting_is_documented_with_its_default():
    text = read("docs/settings.md")
    documented = set(re.findall(r"`(FAIRLEAD_[A-Z_]+)`", text))
    for name, field in Settings.model_fields.items():
        variable = f"FAIRLEAD_{name.upper()}"
        row = re.search(rf"^\| `{variable}` \| (.*?) \|", text, re.MULTILINE)
        assert row, f"{variable} has no row in docs/settings.md"
        default = getattr(field.default, "get_secret_value", lambda d=field.default: d)()
        assert row[1] == (f"`{default}`" if str(default) else "empty"), variable
        documented.discard(variable)
    assert documented <= {"FAIRLEAD_REAL_DATA"}, "documented, but no setting"


def test_decisions_are_numbered_without_gaps_and_say_what_follows():
    papers = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [int(p.name[:4]) for p in papers] == list(range(1, len(papers) + 1))
    for paper in papers:
        text = paper.read_text(encoding="utf-8")
        for heading in ("## Decision", "## Why", "## What follows"):
            assert heading in text, f"{paper.name} has no {heading}"


# -- the repository --


def test_no_tracked_file_names_a_path_of_one_machine(tracked):
    # Spelled apart, or this file would name them itself.
    parts = [
        ("/wor", "k/"),
        ("/roo", "t/"),
        (r"\.\./sha", "red"),
        ("/hom", "e/[a-z]"),
        ("/Use", "rs/"),
    ]
    paths = re.compile("|".join(left + right for left, right in parts))
    found = [
        f"{name}:{number}: {line.strip()[:80]}"
        for name in tracked
        if not name.startswith("tests/vectors/")
        for number, line in enumerate(
            (ROOT / name).read_text(encoding="utf-8", errors="replace").splitlines(), start=1
        )
        if paths.search(line)
    ]
    # The build machine's data folder is named once, where it is looked for.
    assert [place for place in found if not place.startswith(".ci/run:")] == []
    assert len(found) <= 1


def test_no_file_is_committed_that_must_not_be(tracked):
    wrong = [
        name
        for name in tracked
        if Path(name).suffix.lower() in NOT_IN_GIT and not name.startswith("docs/images/")
    ]
    assert wrong == []


def test_no_large_file_is_committed(tracked):
    large = {name: (ROOT / name).stat().st_size for name in tracked if name != "uv.lock"}
    assert {name: size for name, size in large.items() if size > 500_000} == {}


def test_every_script_that_must_run_is_executable():
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o100
