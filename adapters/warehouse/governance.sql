-- Who held, released or aborted a run; who asked for what about a decision, and the answers.
-- Append-only like the rest of decisions; names and free text live here and never in the log.

create table if not exists decisions.run_actions (
    action_id bigint generated always as identity primary key,
    run_key text not null references decisions.runs (run_key),
    action text not null check (action in ('held', 'released', 'aborted')),
    by_name text not null,
    reason text not null,
    happened_at timestamptz not null
);
create table if not exists decisions.requests (
    request_id bigint generated always as identity primary key,
    kind text not null check (kind in ('appeal', 'reassignment', 'override', 'claim')),
    run_key text not null references decisions.runs (run_key),
    source text not null,
    lead_id text not null,
    rep_id text,                       -- who asks; for an override who owned the lead
    to_rep_id text,                    -- override, claim: the new owner
    reason_code text not null,         -- what the log says: valid-1, invalid-2, other, discretion, …
    reason_text text not null,
    filed_by text not null,
    filed_at timestamptz not null,
    answer_due_at timestamptz
);
create table if not exists decisions.request_answers (
    request_id bigint primary key references decisions.requests (request_id),
    answer text not null check (answer in ('upheld', 'changed', 'granted', 'declined')),
    reason_code text not null,
    answer_text text not null,
    to_rep_id text,
    answered_by text not null,
    answered_at timestamptz not null,
    is_late boolean not null
);
create index if not exists requests_filed on decisions.requests (filed_at);
-- One row per decision as it stands: rep_id is whose the lead is after what requests moved since.
create or replace view decisions.standing as
select d.run_key, d.lead_id, d.band, d.share, d.reason, coalesce(m.rep_id, d.rep_id) as rep_id
from decisions.decisions d
left join (
    select distinct on (q.run_key, q.lead_id)
        q.run_key, q.lead_id, coalesce(a.to_rep_id, q.to_rep_id) as rep_id
    from decisions.requests q left join decisions.request_answers a using (request_id)
    where coalesce(a.to_rep_id, q.to_rep_id) is not null
    -- A request moves a lead when it is answered, not when it is filed.
    order by q.run_key, q.lead_id, coalesce(a.answered_at, q.filed_at) desc, q.request_id desc
) m using (run_key, lead_id);
-- First come, first served: of two claims of one lead the second is refused.
create unique index if not exists requests_claimed_once
    on decisions.requests (run_key, lead_id) where kind = 'claim';
-- Which claims a run's carried state counts already.
create table if not exists decisions.claims_counted (
    run_key text not null references decisions.runs (run_key) deferrable initially deferred,
    request_id bigint not null references decisions.requests (request_id),
    primary key (run_key, request_id)
);

do $$
declare kept text;
begin
    foreach kept in array array['run_actions', 'requests', 'request_answers', 'claims_counted']
    loop
        execute format(
            'create or replace trigger append_only before update or delete on decisions.%I '
            'for each row execute function decisions.refuse_change()', kept);
    end loop;
    if exists (
        select 1 from pg_constraint
        where conname = 'requests_kind_check' and conrelid = 'decisions.requests'::regclass
        and pg_get_constraintdef(oid) not like '%claim%'
    ) then
        alter table decisions.requests drop constraint requests_kind_check;
        alter table decisions.requests add constraint requests_kind_check
            check (kind in ('appeal', 'reassignment', 'override', 'claim'));
    end if;
    -- Persons who act on runs have references too: the log names nobody.
    if exists (
        select 1 from pg_constraint
        where conname = 'salts_kind_check' and conrelid = 'decisions.salts'::regclass
        and pg_get_constraintdef(oid) not like '%person%'
    ) then
        alter table decisions.salts drop constraint salts_kind_check;
        alter table decisions.salts add constraint salts_kind_check
            check (kind in ('lead', 'rep', 'person'));
    end if;
end $$;
