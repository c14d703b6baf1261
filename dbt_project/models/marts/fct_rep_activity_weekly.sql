with runs as (
    select * from {{ ref('stg_policy__runs') }}
),

-- A quarter of weeks: enough to see a change, few enough that years of touches cost nothing.
counted as (
    select
        touches.rep_id,
        touches.week_starts_on,
        touches.lead_id,
        sum(touches.touches) as touches,
        sum(touches.meetings) as meetings,
        sum(touches.key_actions) as key_actions
    from {{ ref('int_touches_counted') }} as touches
    inner join runs
        on
            touches.source = runs.source
            and touches.landed_at <= runs.landed_until
            and touches.week_starts_on > runs.as_of_date - 91
            and touches.week_starts_on <= runs.as_of_date
    where touches.rep_id is not null
    group by touches.rep_id, touches.week_starts_on, touches.lead_id
    having sum(touches.touches) > 0
)

select
    counted.rep_id,
    counted.week_starts_on,
    runs.run_key,
    sum(counted.touches)::integer as touches,
    count(counted.lead_id)::integer as touched_leads,
    coalesce(sum(counted.meetings), 0)::integer as meetings,
    coalesce(sum(counted.key_actions), 0)::integer as key_actions
from counted
cross join runs
group by counted.rep_id, counted.week_starts_on, runs.run_key
