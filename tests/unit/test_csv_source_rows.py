"""What makes a row of the CSV source good or bad; no good row is lost to a bad one."""

from pathlib import Path

import pytest

from adapters.crm.csv_folder import read_folder
from adapters.crm.extract import BadRow, Extract

REPS = "rep_id,name,role\nR1,李娜,AE\nR2,Wang,SDR\n"
LEAD = "lead_id,created_at,status"


def read(folder: Path, **files: str | bytes) -> Extract:
    files = {"reps": REPS, "leads": f"{LEAD}\n", **files}
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / f"{name}.csv").write_bytes(data)
    return read_folder(folder)


def only_bad(extract: Extract, table: str) -> BadRow:
    (bad,) = extract.files[table].bad
    return bad


def test_a_good_row_keeps_its_text_but_for_white_space_around_it(tmp_path):
    leads = f"{LEAD},company,employees\nL1,2026-11-20T09:00:00+08:00,new,  Acme  & Söhne ,\n"
    file = read(tmp_path, leads=leads).files["leads"]
    assert file.dicts() == [
        {
            "lead_id": "L1",
            "created_at": "2026-11-20T09:00:00+08:00",
            "status": "new",
            "company": "Acme  & Söhne",
        }
    ]
    assert (file.rows[0].line, file.rows[0].row_key, file.rows[0].extra) == (2, "L1", {})


def test_a_byte_order_mark_and_windows_line_ends_are_read_like_any_file(tmp_path):
    leads = f"\ufeff{LEAD}\r\nL1,2026-11-20T09:00:00Z,new\r\n\r\nL2,,new\r\n"
    file = read(tmp_path, leads=leads).files["leads"]
    assert [(row.line, row.row_key) for row in file.rows] == [(2, "L1"), (4, "L2")]
    assert not file.bad


def test_line_numbers_stay_exact_behind_quoted_line_breaks(tmp_path):
    leads = f'{LEAD},company\nL1,,new,"two\nlines, and ""quotes"""\nL2,,nonsense,x\n'
    extract = read(tmp_path, leads=leads)
    assert extract.files["leads"].dicts()[0]["company"] == 'two\nlines, and "quotes"'
    assert only_bad(extract, "leads").line == 4


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("created_at", "yesterday", "bad_timestamp"),
        ("created_at", "2026-11-20T09:00:00", "bad_timestamp"),  # no offset
        ("created_at", "2026-02-30T09:00:00Z", "bad_timestamp"),
        ("created_at", "9999-12-31T23:59:59Z", "bad_timestamp"),
        ("created_at", "2026-W48-1T09:00:00Z", "bad_timestamp"),
        ("status", "New", "bad_enum"),
        ("employees", "-5", "out_of_range"),
        ("employees", "many", "bad_integer"),
        ("employees", "１００", "bad_integer"),  # full-width digits are not repaired
        ("budget_cny", "-1", "negative_amount"),
        ("budget_cny", "1000000000000", "absurd_amount"),
        ("budget_cny", "1,000", "bad_amount"),
        ("budget_cny", "1e6", "bad_amount"),
        ("owner_id", "R9", "unknown_rep"),
        ("requested_rep_id", "R9", "unknown_rep"),
        ("account_owner_id", "R9", "unknown_rep"),
        ("referral_rep_id", "R9", "unknown_rep"),
        ("co_owner_ids", "R1; R9", "unknown_rep"),
        ("manual_stars", "4", "out_of_range"),
        ("do_not_contact", "maybe", "bad_enum"),
        ("lead_id", "L\u202e1", "bad_id"),  # a right-to-left mark makes two ids look alike
        ("lead_id", "L" * 201, "bad_id"),
        ("lead_id", "", "missing_value"),
    ],
)
def test_a_cell_that_breaks_a_rule_of_leads_is_quarantined_with_column_and_code(
    tmp_path, column, value, code
):
    row = {"lead_id": "L1", "created_at": "", "status": "new", column: f'"{value}"'}
    good = "L2,2026-11-20T09:00Z,new" + "," * (len(row) - 3)
    leads = f"{','.join(row)}\n{','.join(row.values())}\n{good}\n"
    extract = read(tmp_path, leads=leads)
    bad = only_bad(extract, "leads")
    assert (bad.file, bad.line, bad.column, bad.code) == ("leads.csv", 2, column, code)
    assert [row.row_key for row in extract.files["leads"].rows] == ["L2"]


@pytest.mark.parametrize(
    ("table", "text", "column", "code"),
    [
        ("opportunities", "opportunity_id,owner_id,stage\nO1,R9,won\n", "owner_id", "unknown_rep"),
        ("opportunities", "opportunity_id,owner_id,stage\nO1,R1,open\n", "stage", "bad_enum"),
        ("touches", "touch_id,lead_id,rep_id,at\nT1,L1,R1,2026-11-20\n", "at", "bad_timestamp"),
        ("capability", "rep_id,skill,self_stars\nR1,upsell,0\n", "self_stars", "out_of_range"),
        (
            "capability",
            "rep_id,skill,manager_stars\nR1,upsell,4\n",
            "manager_stars",
            "out_of_range",
        ),
        ("capability", "rep_id,skill\nR1,vertical:\n", "skill", "bad_enum"),
        ("capability", "rep_id,skill\nR9,upsell\n", "rep_id", "unknown_rep"),
        (
            "certifications",
            "rep_id,skill,valid_from,valid_to\nR1,smb,2026-02-01,2026-01-31\n",
            "valid_to",
            "dates_reversed",
        ),
        ("absences", "rep_id,from,to\nR1,2026-11-23,2026-11-22\n", "to", "dates_reversed"),
        ("absences", "rep_id,from,to\nR1,23.11.2026,2026-11-24\n", "from", "bad_date"),
        (
            "surveys",
            "rep_id,asked_on,question,score,scale\nR1,2026-01-01,fair,5,7\n",
            "scale",
            "bad_enum",
        ),
        (
            "feedback",
            "rep_id,account,on,score_0_10\nR1,A,2026-01-01,11\n",
            "score_0_10",
            "out_of_range",
        ),
    ],
)
def test_every_file_has_its_rules(tmp_path, table, text, column, code):
    bad = only_bad(read(tmp_path, **{table: text}), table)
    assert (bad.line, bad.column, bad.code) == (2, column, code)


def test_a_bad_row_is_told_once_with_all_its_faults(tmp_path):
    leads = f"{LEAD},budget_cny,owner_id\nL1,soon,open,-3,R9\n"
    bad = only_bad(read(tmp_path, leads=leads), "leads")
    assert {fault.column for fault in bad.faults} == {
        "created_at",
        "status",
        "budget_cny",
        "owner_id",
    }
    assert "budget_cny: is below zero" in bad.reason
    assert bad.row_text == "L1,soon,open,-3,R9"


def test_the_first_row_of_an_id_stays_and_later_ones_are_quarantined(tmp_path):
    leads = f"{LEAD}\nL1,,new\nL1,,lost\nL1,,new\n"
    extract = read(tmp_path, leads=leads)
    assert [row.line for row in extract.files["leads"].rows] == [2]
    assert [(bad.line, bad.code) for bad in extract.files["leads"].bad] == [
        (3, "duplicate_id"),
        (4, "repeated_row"),
    ]


def test_a_natural_key_of_two_columns_is_a_key(tmp_path):
    text = "rep_id,skill\nR1,smb\nR1,upsell\nR2,smb\nR1,smb\n"
    file = read(tmp_path, capability=text).files["capability"]
    assert [row.row_key for row in file.rows] == ['["R1","smb"]', '["R1","upsell"]', '["R2","smb"]']
    assert [bad.code for bad in file.bad] == ["repeated_row"]


def test_a_rep_whose_row_is_bad_does_not_make_their_leads_bad(tmp_path):
    reps = "rep_id,name,role\nR1,Li,AE\nR2,Wang,CEO\n"
    extract = read(tmp_path, reps=reps, leads=f"{LEAD},owner_id\nL1,,assigned,R2\n")
    assert only_bad(extract, "reps").code == "bad_enum"
    assert not extract.files["leads"].bad
    assert any("reps.csv: 1 in quarantine (lines 3)" in note for note in extract.notes)


def test_bytes_that_are_not_utf8_cost_only_their_own_row(tmp_path):
    leads = (
        f"{LEAD},company\nL1,,new,A\nL2,,new,".encode() + "公司".encode("gbk") + b"\nL3,,new,C\n"
    )
    extract = read(tmp_path, leads=leads)
    bad = only_bad(extract, "leads")
    assert (bad.line, bad.code) == (3, "bad_encoding")
    assert "\\udcb9" in bad.row_text
    assert len(extract.files["leads"].rows) == 2


def test_a_nul_character_costs_only_its_own_row_and_is_not_stored(tmp_path):
    extract = read(tmp_path, leads=f"{LEAD},company\nL1,,new,a\0b\nL2,,new,c\n")
    bad = only_bad(extract, "leads")
    assert (bad.code, bad.row_text) == ("nul_character", "L1,,new,a\\x00b")


@pytest.mark.parametrize("size", [32_769, 10_000_000])
def test_an_enormous_field_costs_only_its_own_row(tmp_path, size):
    leads = f"{LEAD},company\nL1,,new,{'x' * size}\nL2,,new,c\n"
    extract = read(tmp_path, leads=leads)
    bad = only_bad(extract, "leads")
    assert (bad.line, bad.code) == (2, "field_too_long")
    assert len(bad.row_text) < 2_100
    assert [row.row_key for row in extract.files["leads"].rows] == ["L2"]


@pytest.mark.parametrize("row", ["L1,,new", "L1,,new,a,b", '"L1,,new,a'])
def test_a_row_with_too_few_or_too_many_cells_or_an_open_quote_costs_only_itself(tmp_path, row):
    rows = "\n".join(f"L{n},,new,c" for n in range(2, 1_000))
    extract = read(tmp_path, leads=f"{LEAD},company\n{row}\n{rows}\n")
    assert only_bad(extract, "leads").line == 2
    assert len(extract.files["leads"].rows) == 998


def test_a_stray_quote_that_finds_another_one_loses_two_rows_and_not_those_between(tmp_path):
    lines = [f"L{n},,new,c" for n in range(1, 30)]
    lines[4] = 'L5,,new,"c'
    lines[9] = 'L10,,new,"c'
    extract = read(tmp_path, leads=f"{LEAD},company\n" + "\n".join(lines) + "\n")
    bad = extract.files["leads"].bad
    assert {row.line for row in bad} == {6, 11}
    assert all(row.code == "broken_quotes" for row in bad)
    assert len(extract.files["leads"].rows) == 27


HOSTILE = [
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}{% raw %}",
    "'; drop table raw.leads; --",
    '=HYPERLINK("http://x")',
    "＝1＋1",
    "\u202egnp.exe",
    "\\.",
    "\\N",
    "a\tb",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_text_is_kept_as_text_or_quarantined_and_never_changed(tmp_path, value):
    quoted = '"' + value.replace('"', '""') + '"'
    names = ["company", "contact_name", "industry", "created_at", "status", "owner_id", "mystery"]
    for name in names:
        folder = tmp_path / name
        folder.mkdir()
        columns = [*LEAD.split(","), *([] if name in LEAD else [name])]
        cells = {"lead_id": "L1", "created_at": "", "status": "new", name: quoted}
        leads = f"{','.join(columns)}\n{','.join(cells[c] for c in columns)}\n"
        file = read(folder, leads=leads).files["leads"]
        if name in ("created_at", "status", "owner_id"):
            assert len(file.bad) == 1
        elif name == "mystery":
            assert file.rows[0].extra == {"mystery": value}
        else:
            assert file.dicts()[0][name] == value


def test_the_share_of_bad_rows_is_told_per_file_and_in_total(tmp_path):
    rows = "".join(f"L{n},,{'new' if n % 5 else 'nonsense'}\n" for n in range(100))
    extract = read(tmp_path, leads=f"{LEAD}\n{rows}")
    assert {name: file.bad_share for name, file in extract.files.items()} == {
        "reps": 0.0,
        "leads": 0.2,
    }
    assert extract.bad_share == 20 / 102


def test_a_hash_changes_with_a_value_and_not_with_the_order_of_columns(tmp_path):
    texts = [
        "lead_id,created_at,status\nL1,,new\n",
        "status,lead_id,created_at,company\nnew,L1,,\n",
    ]
    texts.append("lead_id,created_at,status\nL1,,lost\n")
    hashes = []
    for place, text in enumerate(texts):
        folder = tmp_path / str(place)
        folder.mkdir()
        hashes.append(read(folder, leads=text).files["leads"].rows[0].row_hash)
    assert hashes[0] == hashes[1] != hashes[2]


def test_protected_values_are_in_no_hash_and_in_no_message(tmp_path):
    extracts = []
    for gender in ("female", "male"):
        folder = tmp_path / gender
        folder.mkdir()
        reps = f"rep_id,name,role,gender\nR1,Li,AE,{gender}\nR2,Wu,BOSS,{gender}\nR3,{gender}\n"
        extracts.append(read(folder, reps=reps).files["reps"])
    first, second = extracts
    assert first.rows[0].row_hash == second.rows[0].row_hash
    assert first.dicts()[0]["gender"] == "female"
    assert not any("male" in bad.row_text for bad in first.bad + second.bad)
