"""Landing in a real PostgreSQL: a change log in which nothing is lost, doubled or half done."""

from datetime import UTC, datetime, timedelta
from itertools import count as count_up
from random import Random

import psycopg
import pytest

from adapters.crm.changes import RENAMED
from adapters.crm.columns import TABLES
from adapters.crm.csv_folder import read_folder
from adapters.crm.landing import land
from adapters.crm.synthetic import write_organisation
from adapters.warehouse import embedded
from adapters.warehouse.marts import quarantine_sample

MONDAY = datetime(2026, 11, 23, 0, 40, tzinfo=UTC)
REPS = "rep_id,name,role,gender\nR1,李娜,AE,female\nR2,Wang,SDR,\n"
LEADS = "lead_id,created_at,source,status,owner_id\n"
NUMBERS = count_up()
META = {"source", "row_key", "row_hash", "load_id", "line", "is_deleted", "landed_at", "extra"}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    return embedded.start(tmp_path_factory.mktemp("landing") / "pg")


@pytest.fixture
def conn(address):
    with address.connect() as connection:
        yield connection


@pytest.fixture
def source():
    """A source label of its own for each test: they share one database."""
    return f"test {next(NUMBERS)}"


def landed(conn, folder, source, at=MONDAY, **files):
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    return land(conn, read_folder(folder, source=source), at)


def count(conn, table, source):
    return conn.execute(f"select count(*) from {table} where source = %s", [source]).fetchone()[0]


def visible(conn, source, table="leads", until=MONDAY + timedelta(days=999)):
    """The rows that a run sees, by the contract's words."""
    return conn.execute(
        "select * from (select distinct on (row_key) row_key, is_deleted, status, load_id"
        f" from raw.{table} where source = %s and landed_at <= %s"
        " order by row_key, load_id desc) as latest where not is_deleted order by row_key",
        [source, until],
    ).fetchall()


def test_raw_has_the_columns_of_every_file_and_no_others(conn):
    for table in TABLES:
        columns = {
            row[0]
            for row in conn.execute(
                "select column_name from information_schema.columns"
                " where table_schema = 'raw' and table_name = %s",
                [table.name],
            )
        }
        named = {RENAMED.get((table.name, name), name) for name in table.open_names}
        assert columns == META | named


def test_rows_land_with_their_line_load_and_hash(conn, tmp_path, source):
    result = landed(
        conn,
        tmp_path,
        source,
        reps=REPS,
        leads="lead_id,created_at,source,status,shoe_size\nL1,2026-11-20T09:00Z,website,new,44\n",
    )
    assert [(f.file, f.rows_new, f.rows_bad) for f in result.files] == [
        ("reps.csv", 2, 0),
        ("leads.csv", 1, 0),
    ]
    row = conn.execute(
        "select lead_id, lead_source, status, company, line, extra, is_deleted, landed_at,"
        " length(row_hash) from raw.leads where source = %s",
        [source],
    ).fetchone()
    assert row == ("L1", "website", "new", None, 2, {"shoe_size": "44"}, False, MONDAY, 64)


def test_protected_columns_land_in_the_restricted_schema_only(conn, tmp_path, source):
    landed(conn, tmp_path, source, reps=REPS, leads=LEADS)
    rows = conn.execute(
        "select rep_id, gender, ethnicity from raw_restricted.reps_protected where source = %s",
        [source],
    ).fetchall()
    assert rows == [("R1", "female", None)]


def test_landing_the_same_files_again_adds_nothing_at_all(conn, tmp_path, source):
    files = {"reps": REPS, "leads": f"{LEADS}L1,,web,new,\nL2,,web,nonsense,\n"}
    assert landed(conn, tmp_path, source, **files).is_new
    tables = ("raw.loads", "raw.leads", "raw.reps", "raw.quarantine")
    before = [count(conn, table, source) for table in tables]
    again = landed(conn, tmp_path, source, MONDAY + timedelta(days=7), **files)
    assert not again.is_new
    assert again.rows_appended == 0
    assert [count(conn, table, source) for table in tables] == before == [2, 1, 2, 1]


def test_only_a_changed_row_gets_a_new_version(conn, tmp_path, source):
    landed(conn, tmp_path, source, reps=REPS, leads=f"{LEADS}L1,,web,new,\nL2,,web,new,\n")
    second = landed(
        conn, tmp_path, source, leads=f"{LEADS}L1,,web,new,\nL2,,web,lost,R1\nL3,,,new,\n"
    )
    leads = second.files[1]
    assert second.files[0].load_id is None  # reps did not change: no load of theirs
    assert (leads.rows_new, leads.rows_changed, leads.rows_deleted) == (1, 1, 0)
    assert count(conn, "raw.leads", source) == 4


def test_a_value_that_comes_back_lands_as_a_third_version(conn, tmp_path, source):
    for week, status in enumerate(("new", "assigned", "new")):
        leads = f"{LEADS}L1,,web,{status},\n"
        landed(conn, tmp_path, source, MONDAY + timedelta(days=7 * week), reps=REPS, leads=leads)
    versions = conn.execute(
        "select status from raw.leads where source = %s order by load_id", [source]
    ).fetchall()
    assert versions == [("new",), ("assigned",), ("new",)]
    assert [row[2] for row in visible(conn, source, until=MONDAY + timedelta(days=8))] == [
        "assigned"
    ]


def test_a_key_missing_from_a_full_load_gets_a_tombstone_and_may_come_back(conn, tmp_path, source):
    both = f"{LEADS}L1,,web,new,\nL2,,web,new,\n"
    landed(conn, tmp_path, source, reps=REPS, leads=both)
    gone = landed(conn, tmp_path, source, leads=f"{LEADS}L1,,web,new,\n")
    assert gone.files[1].rows_deleted == 1
    assert [row[0] for row in visible(conn, source)] == ["L1"]
    back = landed(conn, tmp_path, source, leads=both)
    assert (back.files[1].rows_new, back.files[1].rows_changed) == (1, 0)
    assert [row[0] for row in visible(conn, source)] == ["L1", "L2"]


def test_a_row_that_turns_bad_is_no_longer_visible(conn, tmp_path, source):
    landed(conn, tmp_path, source, reps=REPS, leads=f"{LEADS}L1,,web,new,\n")
    landed(conn, tmp_path, source, leads=f"{LEADS}L1,,web,converted,R9\n")
    assert visible(conn, source) == []


def test_an_optional_file_that_disappears_takes_its_rows_along_once(conn, tmp_path, source):
    landed(conn, tmp_path, source, reps=REPS, leads=LEADS, conflicts="rep_id,company\nR1,Acme\n")
    (tmp_path / "conflicts.csv").unlink()
    gone = landed(conn, tmp_path, source)
    assert [(f.file, f.rows_deleted) for f in gone.files if f.load_id] == [("conflicts.csv", 1)]
    assert not landed(conn, tmp_path, source).is_new


def test_a_row_that_was_mended_is_not_shown_as_bad_any_more(conn, tmp_path, source):
    bad, tuesday = f"{LEADS}L1,,web,nonsense,\nL2,,web,new,\n", MONDAY + timedelta(days=1)
    landed(conn, tmp_path, source, reps=REPS, leads=bad)
    landed(conn, tmp_path, source, tuesday, reps=REPS, leads=f"{bad}L3,,web,new,\n")
    sample, total = quarantine_sample(conn, source, tuesday)
    assert (total, [(row["line"], row["code"]) for row in sample]) == (1, [(2, "bad_enum")])
    wednesday = MONDAY + timedelta(days=2)
    landed(conn, tmp_path, source, wednesday, reps=REPS, leads=f"{LEADS}L1,,web,new,\n")
    assert quarantine_sample(conn, source, wednesday) == ([], 0)
    assert quarantine_sample(conn, source, tuesday)[1] == 1  # a replay sees what was seen then


def test_two_sources_do_not_see_each_other(conn, tmp_path, source):
    landed(conn, tmp_path, source, reps=REPS, leads=f"{LEADS}L1,,web,new,\n")
    other = landed(conn, tmp_path, f"{source} 2", leads=f"{LEADS}L2,,web,new,\n")
    assert other.files[1].rows_deleted == 0
    assert [row[0] for row in visible(conn, source)] == ["L1"]


@pytest.mark.parametrize("percent", [1, 20])
def test_bad_rows_are_all_in_quarantine_and_the_good_ones_all_in_raw(
    conn, tmp_path, source, percent
):
    broken = set(Random(percent).sample(range(1000), 10 * percent))
    rows = "".join(f"L{n},,web,{'?' if n in broken else 'new'},\n" for n in range(1000))
    result = landed(conn, tmp_path, source, reps=REPS, leads=LEADS + rows)
    assert result.files[1].rows_bad == 10 * percent
    assert len(visible(conn, source)) == 1000 - 10 * percent
    found = conn.execute(
        "select file, line, column_name, code from raw.quarantine where source = %s order by line",
        [source],
    ).fetchall()
    assert found == [("leads.csv", n + 2, "status", "bad_enum") for n in sorted(broken)]


@pytest.mark.parametrize(
    "value",
    [
        "'; drop table raw.leads; --",
        "\\.",
        "\\N",
        "a\tb\\n",
        "{{ x }}",
        "<b>",
        "\u202e",
        "x" * 32_768,
    ],
)
def test_hostile_text_lands_as_it_is(conn, tmp_path, source, value):
    quoted = '"' + value.replace('"', '""') + '"'
    leads = f"lead_id,created_at,status,company,mystery\nL1,,new,{quoted},{quoted}\n"
    landed(conn, tmp_path, source, reps=REPS, leads=leads)
    row = conn.execute(
        "select company, extra ->> 'mystery' from raw.leads where source = %s", [source]
    ).fetchone()
    assert row == (value, value)


def test_nul_and_broken_bytes_land_in_quarantine_and_nowhere_else(conn, tmp_path, source):
    (tmp_path / "reps.csv").write_text(REPS, encoding="utf-8")
    leads = LEADS.encode() + b"L1,,a\0b,new,\nL2,,\xff\xfe,new,\nL3,,web,new,\n"
    (tmp_path / "leads.csv").write_bytes(leads)
    landed(conn, tmp_path, source)
    rows = conn.execute(
        "select code, row_text from raw.quarantine where source = %s order by line", [source]
    ).fetchall()
    assert rows == [
        ("nul_character", "L1,,a\\x00b,new,"),
        ("bad_encoding", "L2,,\\udcff\\udcfe,new,"),
    ]
    assert [row[0] for row in visible(conn, source)] == ["L3"]


def test_the_longest_ids_that_pass_fit_the_database_index(conn, tmp_path, source):
    wide = "😀" * 200
    text = f"rep_id,company\nR1,{wide * 2}\nR1,{wide * 5}\n"
    landed(conn, tmp_path, source, reps=REPS, leads=f"{LEADS}{wide},,web,new,\n", conflicts=text)
    assert count(conn, "raw.leads", source) == count(conn, "raw.conflicts", source) == 1


def test_a_landing_that_fails_leaves_nothing_behind(conn, tmp_path, source):
    for name, text in {"reps": REPS, "leads": f"{LEADS}L1,,web,new,\n"}.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    extract = read_folder(tmp_path, source=source)
    row = extract.files["leads"].rows[0]
    extract.files["leads"].rows.append(row._replace(row_key="L2", values=("\0", *row.values[1:])))
    with pytest.raises((psycopg.Error, ValueError)):
        land(conn, extract, MONDAY)
    conn.rollback()
    for table in ("raw.loads", "raw.reps", "raw.leads"):
        assert count(conn, table, source) == 0


def test_a_whole_organisation_lands_and_lands_again_without_a_new_row(conn, tmp_path, source):
    write_organisation(tmp_path, 1, reps=24, leads=50, years=1)
    first = landed(conn, tmp_path, source)
    extract = read_folder(tmp_path, source=source)
    assert first.rows_appended == extract.rows_read
    assert not land(conn, extract, MONDAY).is_new
