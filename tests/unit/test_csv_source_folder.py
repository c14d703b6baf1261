"""Which folders can be read at all, and what a folder that lacks something says."""

import pytest

from adapters.crm.columns import TABLES
from adapters.crm.csv_folder import read_folder
from adapters.crm.extract import SourceError


def write(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.csv").write_bytes(text.encode() if isinstance(text, str) else text)


def test_only_leads_and_reps_are_required_and_the_rest_is_a_note(tmp_path):
    write(tmp_path, leads="lead_id,created_at,status\nL1,,new\n", reps="rep_id,role\nR1,AE\n")
    extract = read_folder(tmp_path)
    assert set(extract.files) == {"leads", "reps"}
    for table in TABLES:
        if not table.required:
            assert f"{table.file} is missing: what it would tell is unknown" in extract.notes
    assert extract.currency == "CNY"
    assert extract.source == tmp_path.name


def test_all_problems_of_a_folder_are_told_at_once(tmp_path):
    write(tmp_path, leads="id,created,status,status\n1,2,3,4\n", touches="", feedback="rep_id\n")
    with pytest.raises(SourceError) as error:
        read_folder(tmp_path)
    told = {(p.file, p.column, p.code) for p in error.value.problems}
    assert told == {
        ("reps.csv", "", "missing_file"),
        ("leads.csv", "lead_id", "missing_column"),
        ("leads.csv", "created_at", "missing_column"),
        ("leads.csv", "status", "repeated_column"),
        ("touches.csv", "", "empty_file"),
        ("feedback.csv", "score_0_10", "missing_column"),
    }
    assert "leads.csv: required column lead_id is missing [missing_column]" in str(error.value)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(SourceError, match="nowhere: there is no such folder"):
        read_folder(tmp_path / "nowhere")


def test_a_header_in_another_encoding_is_refused(tmp_path):
    write(tmp_path, leads="lead_id,created_at,status\n".encode("utf-16"), reps="rep_id,role\n")
    with pytest.raises(SourceError) as error:
        read_folder(tmp_path)
    assert "bad_encoding" in {p.code for p in error.value.problems}


def test_missing_optional_columns_and_unknown_columns_are_noted(tmp_path):
    write(
        tmp_path,
        leads="lead_id,created_at,status,shoe_size\nL1,,new,44\nL2,,new,\n",
        reps="rep_id,role\nR1,AE\n",
    )
    extract = read_folder(tmp_path)
    leads = extract.files["leads"]
    assert leads.unknown_columns == ("shoe_size",)
    assert "need" in leads.missing_columns
    assert [row.extra for row in leads.rows] == [{"shoe_size": "44"}, {}]
    assert "leads.csv has columns that are kept and not used: shoe_size" in extract.notes


def test_a_folder_marked_as_synthetic_lands_under_that_name(tmp_path):
    write(tmp_path, leads="lead_id,created_at,status\n", reps="rep_id,role\n")
    (tmp_path / "SYNTHETIC.md").write_text("made up")
    assert read_folder(tmp_path).source == "synthetic"
    assert read_folder(tmp_path, source="trial").source == "trial"


def test_every_table_names_its_key_among_its_columns():
    for table in TABLES:
        assert set(table.key) <= set(table.names)
        assert len(set(table.names)) == len(table.names)
