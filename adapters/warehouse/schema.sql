-- What Python writes: raw (landing) and decisions (append-only). Everything else is built by dbt.
-- Run on every start: each statement must be harmless when its object exists.

create schema if not exists raw;
create schema if not exists raw_restricted;
create schema if not exists decisions;

-- ---------------------------------------------------------------- raw: a change log per source file
-- One row per version of a source row: a row is appended only when its hash differs from the
-- latest version of the same (source, row_key); a key missing from a full load gets a tombstone.
create table if not exists raw.row_version (
    source text not null,
    row_key text not null,
    row_hash text not null,
    load_id bigint not null,
    line integer,
    is_deleted boolean not null default false,
    landed_at timestamptz not null,
    extra jsonb
);

create table if not exists raw.leads (
    like raw.row_version including defaults,
    lead_id text, created_at text, channel text, company text, employees text, industry text,
    region text, contact_name text, contact_title text, email text, phone text, budget_status text,
    budget_cny text, authority text, need text, timing text, engagement text, lead_type text,
    existing_arr_cny text, product text, expected_acv_cny text, requested_rep_id text,
    account_owner_id text, referrer text, referral_rep_id text, status text, owner_id text,
    assigned_at text, first_touch_at text, manual_stars text, do_not_contact text,
    co_owner_ids text,
    lead_source text  -- the file's column "source": renamed, as "source" says where the row came from
);
create table if not exists raw.reps (
    like raw.row_version including defaults,
    rep_id text, name text, email text, role text, hired_on text, manager_id text, region text,
    office text, active text, away_from text, away_to text, quota_cny text, attained_cny text,
    quarter text, wecom_id text, dingtalk_id text, feishu_id text, fte text, left_on text,
    timezone text, delegate_id text
);
-- Protected attributes never meet the tables that score or allocate.
create table if not exists raw_restricted.reps_protected (
    like raw.row_version including defaults,
    rep_id text, gender text, ethnicity text
);
create table if not exists raw.opportunities (
    like raw.row_version including defaults,
    opportunity_id text, lead_id text, account text, owner_id text, stage text, amount_cny text,
    created_on text, stage_entered_on text, closed_on text, employees text, industry text,
    region text, lead_type text, lead_source text
);
create table if not exists raw.touches (
    like raw.row_version including defaults,
    touch_id text, lead_id text, rep_id text, at text, kind text, key_action text
);
create table if not exists raw.capability (
    like raw.row_version including defaults,
    rep_id text, skill text, self_stars text, manager_stars text, reviewed_by text,
    reviewed_on text, note text
);
create table if not exists raw.certifications (
    like raw.row_version including defaults,
    rep_id text, skill text, certificate text, valid_from text, valid_to text
);
create table if not exists raw.absences (
    like raw.row_version including defaults,
    rep_id text, "from" text, "to" text
);
create table if not exists raw.conflicts (
    like raw.row_version including defaults,
    rep_id text, company text, reason text
);
create table if not exists raw.surveys (
    like raw.row_version including defaults,
    rep_id text, asked_on text, question text, score text, scale text
);
create table if not exists raw.feedback (
    like raw.row_version including defaults,
    rep_id text, account text, "on" text, score_0_10 text
);
create table if not exists raw.goals (
    like raw.row_version including defaults,
    rep_id text, skill text, asked_on text, note text
);

-- The latest version of a key is looked up on every landing and by every staging view.
create index if not exists leads_version on raw.leads (source, row_key, load_id desc);
create index if not exists reps_version on raw.reps (source, row_key, load_id desc);
create index if not exists reps_protected_version
    on raw_restricted.reps_protected (source, row_key, load_id desc);
create index if not exists opportunities_version on raw.opportunities (source, row_key, load_id desc);
create index if not exists touches_version on raw.touches (source, row_key, load_id desc);
create index if not exists capability_version on raw.capability (source, row_key, load_id desc);
create index if not exists certifications_version
    on raw.certifications (source, row_key, load_id desc);
create index if not exists absences_version on raw.absences (source, row_key, load_id desc);
create index if not exists conflicts_version on raw.conflicts (source, row_key, load_id desc);
create index if not exists surveys_version on raw.surveys (source, row_key, load_id desc);
create index if not exists feedback_version on raw.feedback (source, row_key, load_id desc);
create index if not exists goals_version on raw.goals (source, row_key, load_id desc);

-- Touches are counted load by load: the new ones of millions must be found without reading all.
create index if not exists touches_load on raw.touches (load_id);

-- One row per file of a load that brought anything new.
create table if not exists raw.loads (
    load_id bigint generated always as identity primary key,
    source text not null,
    file text not null,
    file_sha256 text not null,
    rows_read integer not null,
    rows_new integer not null,
    rows_changed integer not null,
    rows_deleted integer not null,
    rows_bad integer not null,
    landed_at timestamptz not null
);
-- Rows that could not be landed, with every fault of the row; never repaired, never dropped.
create table if not exists raw.quarantine (
    quarantine_id bigint generated always as identity primary key,
    load_id bigint not null references raw.loads (load_id),
    source text not null,
    file text not null,
    line integer not null,
    column_name text not null,
    code text not null,
    reason text not null,
    row_text text not null,
    landed_at timestamptz not null
);

-- Exactly one row: which run the models are built for (dates live here, not in dbt --vars).
create table if not exists raw.run_context (
    only_row boolean primary key default true check (only_row),
    run_key text not null,
    run_kind text not null,
    as_of timestamptz not null,
    as_of_date date not null,
    landed_until timestamptz not null,
    zone text not null,
    currency text not null,
    policy_sha256 text not null,
    source text not null
);

-- The policy's numbers as rows; one set per policy text.
create table if not exists raw.policy_factor_levels (
    policy_sha256 text not null, factor text not null, factor_order integer not null,
    weight_pct integer not null, level_order integer not null, points integer not null,
    enum_field text, enum_value text, number_field text, number_min numeric,
    is_unknown boolean not null,
    primary key (policy_sha256, factor, level_order)
);
create table if not exists raw.policy_tiers (
    policy_sha256 text not null, tier_order integer not null, band text not null,
    min_points integer not null,
    primary key (policy_sha256, tier_order)
);
create table if not exists raw.policy_stage_multipliers (
    policy_sha256 text not null, stage text not null, multiplier_x100 integer not null,
    primary key (policy_sha256, stage)
);
create table if not exists raw.policy_size_bands (
    policy_sha256 text not null, min_amount numeric not null, weight_x100 integer not null,
    primary key (policy_sha256, min_amount)
);
create table if not exists raw.policy_grades (
    policy_sha256 text not null, grade text not null, min_score integer not null,
    primary key (policy_sha256, grade)
);
create table if not exists raw.policy_settings (
    policy_sha256 text not null, name text not null, value text not null,
    primary key (policy_sha256, name)
);

-- ---------------------------------------------------------------- decisions: append-only
create table if not exists decisions.salts (
    kind text not null check (kind in ('lead', 'rep')),
    source text not null,
    id text not null,
    salt bytea not null check (octet_length(salt) = 32),
    ref text not null unique,
    primary key (kind, source, id)
);
create table if not exists decisions.runs (
    run_key text primary key,
    kind text not null,
    source text not null,
    as_of timestamptz not null,
    zone text not null,
    currency text not null,
    policy_id text not null,
    policy_version text not null,
    policy_sha256 text not null,
    policy_text text not null,
    entropy text not null,
    is_synthetic boolean not null,
    is_reconstructed boolean not null,
    landed_until timestamptz not null,
    started_at timestamptz not null
);
-- What the run was given and what it decided: the stored record that pages are rendered from.
create table if not exists decisions.documents (
    run_key text not null references decisions.runs (run_key),
    name text not null,     -- snapshot, decisions, explanations, carry, bundle, directory, quality
    sha256 text not null,
    body bytea not null,
    stored_at timestamptz not null,
    primary key (run_key, name)
);
create table if not exists decisions.stages (
    run_key text not null references decisions.runs (run_key),
    stage text not null,    -- frozen, split, opened, closed, decided, published, sent
    reached_at timestamptz not null,
    primary key (run_key, stage)
);
create table if not exists decisions.decisions (
    run_key text not null references decisions.runs (run_key),
    lead_id text not null,
    rep_id text,
    band text not null,
    method text not null,
    reason text not null,
    rule_id text not null,
    share text,
    draw text,
    co_owners jsonb not null,
    primary key (run_key, lead_id)
);
create table if not exists decisions.verdicts (
    verdict_id bigint generated always as identity primary key,
    run_key text not null,
    door text not null,
    is_ok boolean not null,
    body jsonb not null,
    checked_at timestamptz not null
);
create table if not exists decisions.secrets (
    draw text not null,
    attempt integer not null,
    secret bytea not null,
    commitment text not null,
    primary key (draw, attempt)
);
-- What people typed for the public values that draws wait for: two must agree.
create table if not exists decisions.public_values (
    value_id bigint generated always as identity primary key,
    run_key text not null,
    what text not null,
    person text not null,   -- the name without its spelling: two people must differ here
    typed_by text not null,
    value text not null,
    typed_at timestamptz not null
);
create table if not exists decisions.lines (
    opening text not null,
    entrant text not null,
    line jsonb not null,
    acknowledged_at timestamptz not null,
    number integer,         -- 1, 2, … of this entrant in this draw
    note text,              -- the signed acknowledgement, as it was handed out
    primary key (opening, entrant, acknowledged_at)
);
do $$
begin  -- only where they are missing: altering waits for everybody who places a line
    if not exists (
        select 1 from information_schema.columns
        where table_schema = 'decisions' and table_name = 'lines' and column_name = 'note'
    ) then
        alter table decisions.lines add column number integer, add column note text;
    end if;
end $$;
create table if not exists decisions.draws (
    opening text primary key,
    run_key text not null references decisions.runs (run_key),
    draw text not null,
    attempt integer not null,
    kind text not null,
    opening_record jsonb not null,
    unique (draw, attempt)
);
create table if not exists decisions.draw_events (
    opening text not null references decisions.draws (opening),
    event text not null check (event in ('closing', 'outcome', 'void')),
    record jsonb not null,
    reached_at timestamptz not null,
    primary key (opening, event)
);
-- The log of ledger.md. Index = position in the Merkle tree; no gaps, no updates.
create table if not exists decisions.ledger_records (
    record text primary key,
    body bytea not null
);
create table if not exists decisions.ledger_entries (
    index bigint primary key,
    record text not null references decisions.ledger_records (record),
    type text not null,
    run_key text not null,
    at timestamptz not null,
    entry bytea not null
);
-- One carried state, never forked: of two runs that continue the same one the second is refused.
create table if not exists decisions.chain (
    source text not null,
    continues text not null,  -- the run whose state it goes on from; '' for none
    run_key text not null unique references decisions.runs (run_key),
    primary key (source, continues)
);
create table if not exists decisions.checkpoints (
    size bigint primary key,
    note text not null,
    signed_at timestamptz not null
);
-- Evidence that others saw a checkpoint: witnesses' signature lines, RFC 3161 responses.
create table if not exists decisions.cosignatures (
    size bigint not null references decisions.checkpoints (size),
    witness text not null,
    line text not null,
    received_at timestamptz not null,
    primary key (size, witness)
);
create table if not exists decisions.time_stamps (
    size bigint primary key references decisions.checkpoints (size),
    response bytea not null,
    received_at timestamptz not null
);
create table if not exists decisions.outbox (
    outbox_id bigint generated always as identity primary key,
    run_key text not null references decisions.runs (run_key),
    action text not null,              -- mail, crm_owner, …
    idempotency_key text not null unique,
    payload jsonb not null,
    created_at timestamptz not null
);
create table if not exists decisions.outbox_events (
    outbox_id bigint not null references decisions.outbox (outbox_id),
    event text not null check (event in ('sent', 'failed', 'parked')),
    detail text not null,
    happened_at timestamptz not null
);

-- Append-only is enforced where it matters to a reader years later, not only promised.
create or replace function decisions.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'decisions.% is append-only', tg_table_name;
end $$;
do $$
declare kept text;
begin
    foreach kept in array array[
        'runs', 'documents', 'stages', 'decisions', 'verdicts', 'draws', 'draw_events',
        'ledger_records', 'ledger_entries', 'checkpoints', 'outbox', 'outbox_events', 'lines',
        'public_values', 'cosignatures', 'time_stamps', 'chain'
    ] loop
        execute format(
            'create or replace trigger append_only before update or delete on decisions.%I '
            'for each row execute function decisions.refuse_change()', kept);
    end loop;
end $$;
