"""The gate against a real PostgreSQL: good data passes, and nothing empty ever does."""

from datetime import UTC, datetime

import pytest

from adapters.warehouse import embedded
from expectations import gate
from expectations.suites import allocation_inputs
from expectations.suites.model import Rule, Suite, Why, no_rows
from expectations.verdict import from_dict
from expectations.worker import GateError, Worker

RUN = "2026-W48"
AS_OF = datetime(2026, 11, 23, 0, 40, tzinfo=UTC)
SEEN = {"source": "csv", "landed_until": AS_OF, "as_of": AS_OF}
# The contracted marts, by hand: dbt builds the real ones.
MARTS = """
create schema marts;
create table marts.fct_lead_scores (
    lead_id text, run_key text, created_at timestamptz, score int, weighted_x100 int, band text,
    points jsonb, unknown_factors jsonb, status text, is_open_for_allocation boolean);
create table marts.fct_allocation_leads (
    lead_id text, run_key text, created_at timestamptz, score int, weighted_x100 int, band text,
    points jsonb, unknown_factors jsonb, expected_value bigint, existing_arr bigint,
    requested_rep_id text, account_owner_id text, referral_rep_id text);
create table marts.dim_reps (
    rep_id text, run_key text, name text, role text, manager_id text, is_active boolean,
    is_away boolean, fte_pct int);
create table marts.fct_rep_capacity (
    rep_id text, run_key text, load_x100 int, open_opportunities int, open_discovery_demo int,
    open_proposal_negotiation int, open_leads int, high_value_this_month int, attainment_bp int,
    quarter_left_bp int);
create table marts.fct_rep_capability (rep_id text, run_key text, skill text, stars int);
"""
GOOD = """
insert into raw.run_context values (true, '2026-W48', 'weekly', '2026-11-23 00:40Z', '2026-11-23',
    '2026-11-23 00:40Z', 'Asia/Shanghai', 'CNY', 'p1', 'csv');
insert into raw.policy_factor_levels
    select 'p1', 'f' || f, f, 10, l, l, null, null, null, null, l = 1
    from generate_series(1, 6) f, generate_series(1, 3) l;
insert into raw.loads (source, file, file_sha256, rows_read, rows_new, rows_changed, rows_deleted,
    rows_bad, landed_at)
    select 'csv', file, 'x', 100, 99, 0, 0, 1, '2026-11-22 00:00Z'
    from unnest(array['leads.csv', 'reps.csv', 'opportunities.csv']) file;
insert into raw.quarantine (load_id, source, file, line, column_name, code, reason, row_text,
    landed_at)
    select load_id, source, file, 7, 'created_at', 'bad_date', 'not a date', 'x', landed_at
    from raw.loads;
insert into raw.leads (source, row_key, row_hash, load_id, landed_at, lead_id, status, created_at,
    budget_status, authority, need, timing, company)
    select 'csv', 'L' || i, 'h', 1, '2026-11-22 00:00Z', 'L' || i, 'new', '2026-11-20T08:00:00Z',
        'explicit', 'influencer', 'active', 'open', 'Company ' || i
    from generate_series(1, 40) i;
insert into raw.reps (source, row_key, row_hash, load_id, landed_at, rep_id, role, active, hired_on)
    select 'csv', 'R' || i, 'h', 1, '2026-11-22 00:00Z', 'R' || i, 'AE', 'true', '2024-01-01'
    from generate_series(1, 10) i;
insert into raw.opportunities (source, row_key, row_hash, load_id, landed_at, opportunity_id, stage)
    values ('csv', 'O1', 'h', 1, '2026-11-22 00:00Z', 'O1', 'demo');
insert into marts.fct_lead_scores
    select 'L' || i, '2026-W48', '2026-11-20', 12, 200, 'mid_market', '{}', '[]', 'new', true
    from generate_series(1, 40) i;
insert into marts.fct_allocation_leads
    select 'L' || i, '2026-W48', '2026-11-20', 12, 200, 'mid_market', '{}', '[]', 1000, 0
    from generate_series(1, 40) i;
insert into marts.dim_reps
    select 'R' || i, '2026-W48', 'n', 'AE', null, true, false, 100 from generate_series(1, 10) i;
insert into marts.fct_rep_capacity
    select 'R' || i, '2026-W48', 850, 10, 8, 2, 3, 0, 9000, 4000 from generate_series(1, 10) i;
insert into marts.fct_rep_capability
    select 'R' || i, '2026-W48', 'enterprise', 3 from generate_series(1, 10) i;
"""
TABLES = (
    "raw.run_context, raw.policy_factor_levels, raw.loads, raw.quarantine, raw.leads, raw.reps,"
    " raw.opportunities, marts.fct_lead_scores, marts.fct_allocation_leads, marts.dim_reps,"
    " marts.fct_rep_capacity, marts.fct_rep_capability"
)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    found = embedded.start(tmp_path_factory.mktemp("gate") / "database")
    with found.connect() as connection:
        connection.execute(MARTS)
    return found


@pytest.fixture
def check(address):
    """Load the good data, spoil it with SQL, and return the door's verdict."""

    def checked(door, spoil="", suites=None, **context):
        with address.connect() as connection:
            connection.execute(f"truncate {TABLES} restart identity")
            connection.execute(GOOD)
            if spoil:
                connection.execute(spoil)
        verdict = gate.check(
            door,
            host=address.host,
            port=address.port,
            user=address.user,
            password=address.password,
            dbname=address.dbname,
            run=RUN,
            checked_at=datetime(2026, 11, 23, 0, 45, tzinfo=UTC),
            context={**SEEN, **context},
            suites=suites,
        )
        assert from_dict(verdict.to_dict()) == verdict
        return verdict

    return checked


def failed(verdict):
    """Ids of the critical failures; ok must agree."""
    assert verdict.ok is (not verdict.failures)
    return {rule.id for rule in verdict.failures}


def rule(verdict, name):
    return next(found for found in verdict.rules if found.id == name)


@pytest.mark.parametrize("door", ["landing", "allocation_inputs"])
def test_good_data_passes_without_a_warning(check, door):
    verdict = check(door)
    assert [(r.id, r.observed) for r in verdict.failures + verdict.warnings] == []
    assert verdict.ok
    assert verdict.checked_at == "2026-11-23T00:45:00Z"


@pytest.mark.parametrize("table", ["leads", "reps", "loads"])
def test_an_empty_batch_is_refused_at_the_landing(check, table):
    spoil = f"delete from raw.quarantine; delete from raw.{table}"
    assert f"raw.{table}.has_rows" in failed(check("landing", spoil))


def test_rows_of_another_source_or_landed_later_do_not_count(check):
    verdict = check(
        "landing",
        "update raw.leads set source = 'other';"
        " update raw.reps set landed_at = '2026-12-01 00:00Z'",
    )
    assert {"raw.leads.has_rows", "raw.reps.has_rows"} <= failed(verdict)


def test_deleted_rows_do_not_count(check):
    verdict = check(
        "landing",
        "insert into raw.leads (source, row_key, row_hash, load_id, landed_at, lead_id, is_deleted)"
        " select source, row_key, 'd', 2, landed_at, lead_id, true from raw.leads",
    )
    assert "raw.leads.has_rows" in failed(verdict)


@pytest.mark.parametrize("mart", ["fct_lead_scores", "dim_reps", "fct_rep_capacity"])
def test_an_empty_mart_is_refused(check, mart):
    assert f"marts.{mart}.has_rows" in failed(
        check("allocation_inputs", f"delete from marts.{mart}")
    )


def test_a_week_without_new_leads_is_only_a_warning(check):
    verdict = check(
        "allocation_inputs",
        "update marts.fct_lead_scores set is_open_for_allocation = false;"
        " delete from marts.fct_allocation_leads",
    )
    assert verdict.ok
    assert [r.id for r in verdict.warnings] == ["marts.fct_allocation_leads.something_to_allocate"]


def test_open_leads_that_went_missing_are_refused_and_listed(check):
    verdict = check(
        "allocation_inputs", "delete from marts.fct_allocation_leads where lead_id='L7'"
    )
    assert failed(verdict) == {"marts.fct_allocation_leads.nobody_dropped"}
    found = rule(verdict, "marts.fct_allocation_leads.nobody_dropped")
    assert found.failed_count == 1
    assert found.failed_rows == (
        {"table": "marts.fct_allocation_leads", "key": "L7", "value": "mid_market"},
    )


def test_no_ratings_at_all_is_only_a_warning(check):
    verdict = check("allocation_inputs", "delete from marts.fct_rep_capability")
    assert verdict.ok
    assert [r.id for r in verdict.warnings] == ["marts.fct_rep_capability.some_known"]


def test_a_door_without_suites_is_refused(check):
    assert failed(check("landing", suites=[])) == {"landing.has_suites"}


def test_an_empty_suite_is_refused(check):
    empty = Suite("marts.dim_reps", ("rep_id",), rules=())
    assert failed(check("landing", suites=[empty])) == {"marts.dim_reps.has_rules"}


def test_an_all_null_required_column_is_refused_even_if_no_rule_looks_at_it(check):
    blind = Suite(
        "marts.dim_reps",
        ("rep_id",),
        rules=(
            Rule(
                "some",
                "有行。",
                "Rows.",
                "ExpectColumnValuesToBeInSet",
                {"column": "role", "value_set": ["AE"]},
            ),
        ),
        required=("role",),
    )
    verdict = check("allocation_inputs", "update marts.dim_reps set role = null", suites=[blind])
    assert rule(verdict, "marts.dim_reps.some").ok  # what Great Expectations says of it
    assert failed(verdict) == {"marts.dim_reps.role_not_all_null"}


def test_a_column_of_blanks_counts_as_all_null(check):
    verdict = check("landing", "update raw.leads set status = ' '")
    assert "raw.leads.status_not_all_null" in failed(verdict)


def test_a_missing_required_column_is_refused(check):
    suite = Suite(
        "marts.dim_reps",
        ("rep_id",),
        rules=(
            Rule(
                "rows",
                "有行。",
                "Rows.",
                "ExpectTableRowCountToBeBetween",
                {"min_value": 1},
            ),
        ),
        required=("rep_id", "wings"),
    )
    assert failed(check("allocation_inputs", suites=[suite])) == {"marts.dim_reps.wings_present"}


def test_a_missing_relation_is_refused_rule_by_rule(check):
    verdict = check(
        "allocation_inputs",
        suites=[
            Suite(
                "marts.nowhere",
                ("id",),
                rules=allocation_inputs.suites(RUN)[4].rules,
            )
        ],
    )
    assert "marts.nowhere.readable" in failed(verdict)
    assert len(failed(verdict)) == 1 + len(allocation_inputs.suites(RUN)[4].rules)


def test_an_exception_inside_a_rule_is_critical_even_for_a_warning(check):
    verdict = check(
        "landing",
        suites=[
            Suite(
                "marts.dim_reps",
                ("rep_id",),
                rules=(
                    no_rows(
                        "sql",
                        "查询。",
                        "Query.",
                        "select 1 / (count(*) - 10) as one from {batch}",
                        "warning",
                        Why("试验", "a trial"),
                    ),
                    Rule(
                        "column",
                        "列。",
                        "Column.",
                        "ExpectColumnValuesToNotBeNull",
                        {"column": "wings"},
                        "warning",
                        Why("试验", "a trial"),
                    ),
                    Rule(
                        "fine",
                        "好。",
                        "Fine.",
                        "ExpectColumnValuesToNotBeNull",
                        {"column": "rep_id"},
                    ),
                ),
            )
        ],
    )
    assert failed(verdict) == {"marts.dim_reps.sql", "marts.dim_reps.column"}
    assert "division by zero" in rule(verdict, "marts.dim_reps.sql").observed
    assert rule(verdict, "marts.dim_reps.fine").ok
    assert {rule(verdict, f"marts.dim_reps.{id_}").why_zh for id_ in ("sql", "column")} == {"试验"}


def test_a_rule_that_great_expectations_does_not_know_is_refused(check):
    unknown = Rule("x", "无。", "None.", "ExpectTheImpossible")
    verdict = check("landing", suites=[Suite("marts.dim_reps", ("rep_id",), rules=(unknown,))])
    assert failed(verdict) == {"marts.dim_reps.x"}


def test_fewer_results_than_rules_is_refused(check):
    twice = Rule("n", "有行。", "Rows.", "ExpectTableRowCountToBeBetween", {"min_value": 1})
    other = Rule("m", "有行。", "Rows.", "ExpectTableRowCountToBeBetween", {"min_value": 1})
    suite = Suite("marts.dim_reps", ("rep_id",), rules=(twice, other))
    lost = gate.rule_result(suite, other, None)
    assert (lost.ok, lost.severity) == (False, "critical")


def test_duplicate_ids_are_refused_and_listed(check):
    verdict = check(
        "allocation_inputs",
        "insert into marts.fct_allocation_leads select * from marts.fct_allocation_leads"
        " where lead_id = 'L3'",
    )
    assert failed(verdict) == {"marts.fct_allocation_leads.grain"}
    grain = rule(verdict, "marts.fct_allocation_leads.grain")
    assert grain.failed_count == 2
    assert {row["key"] for row in grain.failed_rows} == {"L3"}


def test_a_mart_of_another_run_is_refused(check):
    verdict = check("allocation_inputs", "update marts.dim_reps set run_key = '2026-W47'")
    assert failed(verdict) == {"marts.dim_reps.run_key_current"}
    assert rule(verdict, "marts.dim_reps.run_key_current").failed_rows[0] == {
        "table": "marts.dim_reps",
        "key": "R1",
        "column": "run_key",
        "value": "2026-W47",
    }


def test_a_run_context_of_another_run_or_none_is_refused(check):
    other = check("allocation_inputs", "update raw.run_context set run_key = '2026-W47'")
    assert "raw.run_context.run_key_current" in failed(other)
    assert "raw.run_context.has_rows" in failed(
        check("allocation_inputs", "delete from raw.run_context")
    )


def test_a_source_name_cannot_break_out_of_the_query(check):
    verdict = check("landing", source="csv' or true -- {batch} :x %s")
    assert "raw.leads.has_rows" in failed(verdict) or "raw.leads.readable" in failed(verdict)


def test_one_bad_row_in_a_hundred_passes_and_twenty_do_not(check):
    assert check("landing").ok
    spoil = (
        "update raw.loads set rows_bad = 20 where file = 'leads.csv';"
        " insert into raw.quarantine (load_id, source, file, line, column_name, code, reason,"
        " row_text, landed_at) select 1, 'csv', 'leads.csv', i, 'x', 'y', 'z', 'w', now()"
        " from generate_series(100, 118) i"
    )
    verdict = check("landing", spoil)
    assert failed(verdict) == {"raw.loads.bad_rows"}
    assert rule(verdict, "raw.loads.bad_rows").failed_rows == (
        {"table": "raw.loads", "key": "leads.csv", "value": "20 / 100"},
    )
    assert check("landing", spoil, bad_row_pct=20).ok


def test_a_small_file_cannot_hide_its_bad_rows_behind_a_large_one(check):
    verdict = check("landing", "update raw.loads set rows_read = 19 where file = 'reps.csv'")
    assert failed(verdict) == {"raw.loads.bad_rows"}


def test_bad_rows_that_are_not_in_quarantine_are_refused(check):
    assert failed(check("landing", "delete from raw.quarantine")) == {"raw.loads.bad_rows_listed"}


def test_no_rep_who_may_receive_is_refused(check):
    verdict = check("landing", "update raw.reps set role = 'MANAGER'")
    assert failed(verdict) == {"raw.reps.someone_receives"}


def test_unknown_budgets_and_stale_leads_are_warnings(check):
    verdict = check(
        "landing",
        "update raw.leads set budget_status = null, created_at = '2026-10-01T00:00:00+08:00'",
    )
    assert verdict.ok
    assert {r.id for r in verdict.warnings} == {
        "raw.leads.waiting_budget_status_mostly_known",
        "raw.leads.fresh",
    }
    budget = rule(verdict, "raw.leads.waiting_budget_status_mostly_known")
    assert (budget.failed_count, budget.observed, budget.expected) == (
        40,
        "40 / 40",
        "≥ 33%",
    )
    assert len(budget.failed_rows) == gate.ROW_CAP


def test_unknown_creation_times_are_no_fault(check):
    assert check("landing", "update raw.leads set created_at = null").ok


@pytest.mark.parametrize(
    ("spoil", "broken"),
    [
        ("fct_allocation_leads set score = 19", "fct_allocation_leads.score_possible"),
        ("fct_allocation_leads set score = 5", "fct_allocation_leads.score_possible"),
        ("fct_allocation_leads set band = 'vip'", "fct_allocation_leads.band_allowed"),
        ("fct_allocation_leads set band = null", "fct_allocation_leads.band_known"),
        ("fct_rep_capacity set load_x100 = -1", "fct_rep_capacity.load_x100_in_range"),
        (
            "fct_rep_capacity set rep_id = rep_id || 'x'",
            "fct_rep_capacity.every_active_rep",
        ),
        ("fct_rep_capability set stars = 4", "fct_rep_capability.stars_in_range"),
        ("dim_reps set role = 'INTERN'", "dim_reps.role_allowed"),
        (
            "fct_allocation_leads set created_at = '2027-01-01'",
            "fct_allocation_leads.not_from_the_future",
        ),
    ],
)
def test_an_impossible_value_is_refused_with_its_rows(check, spoil, broken):
    verdict = check("allocation_inputs", f"update marts.{spoil}")
    assert f"marts.{broken}" in failed(verdict)
    assert rule(verdict, f"marts.{broken}").failed_rows


def test_a_policy_whose_points_were_not_landed_is_refused(check):
    verdict = check("allocation_inputs", "truncate raw.policy_factor_levels")
    assert failed(verdict) == {"marts.fct_allocation_leads.score_possible"}


def test_the_gate_leaves_no_connection_behind(check, address):
    check("allocation_inputs")
    with address.connect() as connection:
        others = connection.execute(
            "select count(*) from pg_stat_activity where backend_type = 'client backend'"
            " and pid <> pg_backend_pid()"
        ).fetchone()[0]
    assert others == 0


def test_an_unknown_door_is_an_error(check):
    with pytest.raises(ValueError, match="no door"):
        check("back")


def test_the_gate_in_a_child_process_says_the_same(check, address):
    here = check("landing", "update raw.reps set role = 'MANAGER'")
    place = {
        "host": address.host,
        "port": address.port,
        "user": address.user,
        "password": address.password,
        "dbname": address.dbname,
        "run": RUN,
        "checked_at": datetime(2026, 11, 23, 0, 45, tzinfo=UTC),
        "context": SEEN,
    }
    with Worker() as worker:
        assert worker.check("landing", **place) == here
        with pytest.raises(GateError, match="OperationalError"):
            worker.check("landing", **{**place, "dbname": "nowhere"})
        assert worker.check("landing", **place) == here
        worker.stop()
        with pytest.raises(GateError):
            worker.check("landing", **place)


@pytest.mark.parametrize("password", ["p$x:@/?#%41 ü", "${HOME}", ""])
def test_any_password_and_socket_folder_survives_the_url(password):
    from sqlalchemy.engine import make_url

    url = make_url(gate._url("/tmp/a b/$c", 5432, "us@er", password, "data/base"))
    assert (url.username, url.password or "", url.database) == (
        "us@er",
        password,
        "data/base",
    )
    assert (url.query["host"], url.port) == ("/tmp/a b/$c", 5432)
