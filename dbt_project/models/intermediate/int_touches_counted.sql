{{ config(
    materialized='incremental', incremental_strategy='append', on_schema_change='fail',
    indexes=[{'columns': ['source', 'load_id']}, {'columns': ['source', 'week_starts_on']}]
) }}
-- A ledger of counts: what each load added to a lead, rep and week, and took away. Rows are only
-- appended, so a late touch adds to its old week under its own load, and a replayed week sums the
-- loads that it saw. Whatever is in `relevant` decides: all versions at first, later the loads not
-- yet counted and, of the touches they change, the version before.
{%- set counted = newest_counted_load(this) if is_incremental() else none %}

-- Named thrice, as a shared CTE would be written out whole instead of looked up by its indexes.
with relevant as (
    select versions.*
    from {{ ref('stg_crm__touch_versions') }} as versions
    {% if counted is not none -%}
    where versions.load_id > {{ counted }}
    union all
    select earlier.*
    from (
        select distinct versions.row_key
        from {{ ref('stg_crm__touch_versions') }} as versions
        where versions.load_id > {{ counted }}
    ) as touched
    cross join
        lateral (
            select versions.*
            from {{ ref('stg_crm__touch_versions') }} as versions
            where versions.row_key = touched.row_key and versions.load_id <= {{ counted }}
            order by versions.load_id desc
            limit 1
        ) as earlier
    {%- endif %}
),

chained as (
    select
        relevant.*,
        lead(relevant.load_id) over same_touch as next_load_id,
        lead(relevant.landed_at) over same_touch as next_landed_at
    from relevant
    window same_touch as (partition by relevant.row_key order by relevant.load_id)
),

changes as (
    select
        chained.*,
        1 as change
    from chained
    where
        not chained.is_deleted
        {% if counted is not none -%}
        and chained.load_id > {{ counted }}
        {%- endif %}
    union all
    select
        source,
        row_key,
        next_load_id as load_id,
        next_landed_at as landed_at,
        is_deleted,
        lead_id,
        rep_id,
        touched_at,
        kind,
        key_action,
        null as next_load_id,
        null as next_landed_at,
        -1 as change
    from chained
    where not is_deleted and next_load_id is not null
)

select
    changes.source,
    changes.load_id,
    changes.landed_at,
    changes.lead_id,
    changes.rep_id,
    {{ week_of('changes.touched_at', 'runs.zone') }} as week_starts_on,
    sum(changes.change)::integer as touches,
    (sum(changes.change) filter (where changes.kind in ('meeting', 'demo')))::integer
        as meetings,
    (sum(changes.change) filter (where changes.key_action is not null))::integer as key_actions,
    (sum(changes.change) filter (where changes.kind is null))::integer as kinds_unknown
from changes
cross join {{ ref('stg_policy__runs') }} as runs
group by
    changes.source, changes.load_id, changes.landed_at, changes.lead_id, changes.rep_id,
    week_starts_on
