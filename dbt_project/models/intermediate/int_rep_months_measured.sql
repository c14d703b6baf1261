-- What became of the leads given to a rep in the calendar month before the run's.
with runs as (
    select
        *,
        date_trunc('month', as_of at time zone zone) at time zone zone as month_began_at,
        (date_trunc('month', as_of at time zone zone) - interval '1 month') at time zone zone
            as last_month_began_at
    from {{ ref('stg_policy__runs') }}
),

leads as (
    select
        *,
        -- A source that never says so knows nothing of it: unknown is not the same as none.
        bool_or(status = 'converted') over () as knows_conversions,
        bool_or(first_touch_at is not null) over () as knows_first_touches
    from {{ ref('stg_crm__leads') }}
),

given as (
    select
        leads.*,
        runs.as_of,
        leads.assigned_at
        + make_interval(hours => (settings.first_touch_h ->> scores.band)::integer) as touch_due_at
    from leads
    inner join {{ ref('int_leads_scored') }} as scores
        on leads.lead_id = scores.lead_id
    cross join runs
    cross join {{ ref('stg_policy__settings') }} as settings
    where
        leads.owner_id is not null
        and leads.assigned_at >= runs.last_month_began_at
        and leads.assigned_at < runs.month_began_at
),

measured as (
    select
        owner_id as rep_id,
        case when knows_conversions then (status = 'converted')::integer end as is_converted,
        case
            when not knows_first_touches then null
            when first_touch_at <= touch_due_at then 1
            -- What may still be touched in time says nothing yet.
            when first_touch_at is not null or touch_due_at <= as_of then 0
        end as is_on_time
    from given
)

select
    rep_id,
    count(*)::integer as leads,
    floor(avg(is_converted) * 10000)::integer as conversion_bp,
    floor(avg(is_on_time) * 10000)::integer as on_time_bp
from measured
group by rep_id
