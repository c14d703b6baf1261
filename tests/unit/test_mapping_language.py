"""Mapping files: what they can say, and that all their mistakes are told at once."""

import pytest

from adapters.crm.extract import SourceError
from adapters.crm.mapping import load_source, slug

MAPPING = """
format: fairlead/mapping/1
source: shop
currency: EUR
download: https://example.org/shop
inputs:
  deals:
    file: deals.txt
    delimiter: ";"
    quote: "'"
    corrections: {article: articles}
  firms: {file: firms.csv}
values:
  articles: {map: {TeaPot: Tea Pot}, others: keep}
  stages: {map: {won: won, gone: lost}}
  sizes: {map: {small: null}, others: unknown}
tables:
  reps:
    - from: deals
      distinct: seller
      columns:
        rep_id: {column: seller, id: rep}
        name: {column: seller}
        role: {constant: AE}
  leads:
    - from: deals
      where: {stage: [fresh]}
      columns:
        lead_id: {row_number: lead}
        company: {column: firm}
        employees: {column: firm, lookup: firms.name, take: staff}
        product: {column: article}
        region: {column: firm, lookup: firms.name, take: size, map: sizes}
        status: {constant: new}
        seller: {column: seller}
      unknown: {created_at: no times}
  opportunities:
    - from: deals
      where: {stage: [won, gone]}
      columns:
        opportunity_id: {row_number: deal}
        owner_id: {column: seller, id: rep}
        stage: {column: stage, map: stages}
        amount_cny: {column: price}
"""
DEALS = """seller;firm;article;stage;price
Ann Lee;Acme;TeaPot;fresh;
'Zoë;X';;Cup;won;12
Ann Lee;;Cup;gone;-4
"""
FIRMS = "name,staff,size\nAcme,120,small\n"


def source(folder, mapping=MAPPING, deals=DEALS, firms=FIRMS):
    (folder / "shop.yaml").write_text(mapping, encoding="utf-8")
    (folder / "deals.txt").write_text(deals, encoding="utf-8")
    (folder / "firms.csv").write_text(firms, encoding="utf-8")
    return load_source(folder / "shop.yaml", folder)


def problems(folder, **kwargs):
    with pytest.raises(SourceError) as error:
        source(folder, **kwargs)
    return "\n".join(problem.reason for problem in error.value.problems)


def test_a_mapping_makes_the_tables_it_describes(tmp_path):
    extract = source(tmp_path)
    assert (extract.source, extract.currency) == ("shop", "EUR")
    assert extract.files["reps"].dicts() == [
        {"rep_id": "rep-ann-lee", "name": "Ann Lee", "role": "AE"},
        {"rep_id": "rep-zoë-x", "name": "Zoë;X", "role": "AE"},
    ]
    leads = extract.files["leads"]
    assert leads.dicts() == [
        {
            "lead_id": "lead-0001",
            "company": "Acme",
            "employees": "120",
            "product": "Tea Pot",
            "status": "new",
        }
    ]
    assert leads.rows[0].extra == {"seller": "Ann Lee"}
    assert extract.files["opportunities"].dicts() == [
        {
            "opportunity_id": "deal-0002",
            "owner_id": "rep-zoë-x",
            "stage": "won",
            "amount_cny": "12",
        }
    ]
    assert "leads.csv: created_at is unknown: no times" in extract.notes


def test_a_mapped_row_is_checked_like_any_other_and_named_by_its_own_file_and_line(tmp_path):
    (bad,) = source(tmp_path).files["opportunities"].bad
    assert (bad.file, bad.line, bad.code) == ("deals.txt", 4, "negative_amount")
    assert bad.row_text == "Ann Lee;;Cup;gone;-4"


def test_a_name_that_a_lookup_does_not_find_makes_the_row_bad(tmp_path):
    extract = source(tmp_path, deals=DEALS.replace("Acme", "Acne"))
    (bad,) = extract.files["leads"].bad
    assert bad.column == "employees, region"
    assert "Acne is not in column name of firms.csv" in bad.reason


def test_a_row_that_no_table_takes_is_quarantined_and_not_dropped(tmp_path):
    extract = source(tmp_path, deals=DEALS + "Bob;;Cup;parked;1\nBob;;Cup\n")
    bad = [(row.line, row.code) for file in extract.files.values() for row in file.bad]
    assert (6, "wrong_cell_count") in bad


def test_a_value_that_a_map_refuses_makes_the_row_bad(tmp_path):
    mapping = MAPPING.replace("[won, gone]", "[won, gone, parked]")
    extract = source(tmp_path, mapping=mapping, deals=DEALS + "Bob;;Cup;parked;1\n")
    assert extract.files["opportunities"].bad[-1].code == "unmapped_value"


@pytest.mark.parametrize(
    ("others", "code"),
    [("refuse", "unmapped_value"), ("keep", "bad_enum"), ("unknown", "missing_value")],
)
def test_a_deal_in_a_stage_that_the_map_does_not_know_is_put_aside_whatever_the_map_does(
    tmp_path, others, code
):
    mapping = MAPPING.replace("[won, gone]", "[won, gone, parked]").replace(
        "{map: {won: won, gone: lost}}", f"{{map: {{won: won, gone: lost}}, others: {others}}}"
    )
    extract = source(tmp_path, mapping=mapping, deals=DEALS + "Bob;;Cup;parked;1\n")
    deals = extract.files["opportunities"]
    assert deals.bad[-1].code == code
    assert "parked" in deals.bad[-1].row_text
    assert [row["stage"] for row in deals.dicts()] == ["won"]


def test_two_names_that_would_get_one_id_are_told(tmp_path):
    extract = source(tmp_path, deals=DEALS + "ann-lee;;Cup;won;1\n")
    (bad,) = extract.files["reps"].bad
    assert "ann-lee and Ann Lee would get the same id rep-ann-lee" in bad.reason


def test_slugs_keep_letters_of_every_script():
    assert slug("Mei-Mei  Johns") == "mei-mei-johns"
    assert slug("李 娜 (华东)") == "李-娜-华东"
    assert slug("ＡＢＣ") == "abc"


def test_all_mistakes_of_a_mapping_are_told_at_once(tmp_path):
    mapping = (
        MAPPING.replace("map: stages", "map: steps")
        .replace("lookup: firms.name, take: staff", "lookup: forms.name, take: staff")
        .replace("      unknown: {created_at: no times}\n", "")
        .replace("opportunities:", "chances:")
    )
    told = problems(tmp_path, mapping=mapping)
    assert "there is no value map steps" in told
    assert "tables.leads.0.columns.employees.lookup: there is no such input" in told
    assert "created_at must be under columns or, with a reason, under unknown" in told
    assert "chances is not a table of the source" in told


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("source: shop", "source: shop\nsurprise: 1", "surprise"),
        ("{constant: new}", "{constant: new, column: firm}", "exactly one of"),
        ("fairlead/mapping/1", "fairlead/mapping/9", "format"),
        ("currency: EUR", "currency: [", "flow"),
    ],
)
def test_a_mapping_that_is_no_mapping_is_refused(tmp_path, old, new, told):
    assert told in problems(tmp_path, mapping=MAPPING.replace(old, new))


def test_missing_files_and_columns_are_told_at_once(tmp_path):
    (tmp_path / "only").mkdir()
    (tmp_path / "shop.yaml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "only" / "firms.csv").write_text("name\n", encoding="utf-8")
    with pytest.raises(SourceError) as error:
        load_source(tmp_path / "shop.yaml", tmp_path / "only")
    assert {(p.file, p.column) for p in error.value.problems} == {
        ("deals.txt", ""),
        ("firms.csv", "staff"),
        ("firms.csv", "size"),
    }


def test_a_mapping_without_its_data_says_where_to_get_them(tmp_path):
    (tmp_path / "shop.yaml").write_text(MAPPING, encoding="utf-8")
    with pytest.raises(SourceError, match=r"https://example\.org/shop"):
        load_source(tmp_path / "shop.yaml")


def test_the_files_hash_follows_the_mapping_and_its_inputs(tmp_path):
    hashes = set()
    for mapping, firms in ((MAPPING, FIRMS), (MAPPING + "\n", FIRMS), (MAPPING, FIRMS + "B,1,x\n")):
        extract = source(tmp_path, mapping=mapping, firms=firms)
        hashes.add((extract.files["leads"].sha256, extract.files["opportunities"].sha256))
    assert len({leads for leads, _ in hashes}) == 3
    assert len({deals for _, deals in hashes}) == 2  # opportunities do not use firms.csv
