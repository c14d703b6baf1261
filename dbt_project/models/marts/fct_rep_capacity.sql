with runs as (
    select
        *,
        to_char(as_of_date, 'YYYY"Q"Q') as quarter,
        date_trunc('quarter', as_of_date)::date as quarter_starts_on,
        (date_trunc('quarter', as_of_date) + interval '3 months')::date as next_quarter_starts_on
    from {{ ref('stg_policy__runs') }}
),

settings as (
    select * from {{ ref('stg_policy__settings') }}
),

reps as (
    select
        *,
        -- 2026-Q4, 2026Q4 and 2026 q4 are the same quarter.
        upper(regexp_replace(quarter, '[^0-9A-Za-z]', '', 'g')) as quota_quarter
    from {{ ref('stg_crm__reps') }}
),

loads as (
    select
        rep_id,
        sum(load_x100) as load_x100,
        sum(open_opportunities) as open_opportunities,
        sum(open_opportunities) filter (where stage in ('discovery', 'demo'))
            as open_discovery_demo,
        sum(open_opportunities) filter (where stage in ('proposal', 'negotiation'))
            as open_proposal_negotiation,
        jsonb_object_agg(stage, open_opportunities) as open_by_stage,
        sum(stalled_opportunities) as stalled_opportunities
    from {{ ref('int_rep_loads_weighed') }}
    group by rep_id
),

owned_leads as (
    select
        leads.owner_id as rep_id,
        count(*) filter (where leads.status in ('assigned', 'working')) as open_leads,
        count(*) filter (
            where
            leads.expected_acv_cny >= settings.high_value_min_amount
            and date_trunc('month', leads.assigned_at at time zone runs.zone)
            = date_trunc('month', runs.as_of at time zone runs.zone)
            and leads.assigned_at <= runs.as_of
        ) as high_value_this_month
    from {{ ref('stg_crm__leads') }} as leads
    cross join runs
    cross join settings
    where
        leads.owner_id is not null
        and leads.status <> 'recycled'
        and coalesce(leads.created_at <= runs.as_of, true)
    group by leads.owner_id
),

quotas as (
    select
        reps.rep_id,
        round(reps.quota_cny) as quota,
        round(reps.attained_cny) as attained,
        -- A quota of 1 is a slip in the CRM: a hundredfold is the most that is said.
        case
            when reps.quota_cny > 0 and reps.attained_cny is not null
                then least(floor(reps.attained_cny * 10000 / reps.quota_cny), 1000000)
        end as attainment_bp
    from reps
    inner join runs
        on reps.quota_quarter = runs.quarter
)

select
    reps.rep_id,
    runs.run_key,
    coalesce(loads.load_x100, 0)::integer as load_x100,
    coalesce(loads.open_opportunities, 0)::integer as open_opportunities,
    coalesce(loads.open_discovery_demo, 0)::integer as open_discovery_demo,
    coalesce(loads.open_proposal_negotiation, 0)::integer as open_proposal_negotiation,
    coalesce(owned_leads.open_leads, 0)::integer as open_leads,
    coalesce(loads.open_by_stage, '{}'::jsonb) as open_by_stage,
    coalesce(loads.stalled_opportunities, 0)::integer as stalled_opportunities,
    coalesce(owned_leads.high_value_this_month, 0)::integer as high_value_this_month,
    quotas.quota::bigint as quota,
    quotas.attained::bigint as attained,
    quotas.attainment_bp::integer as attainment_bp,
    months.conversion_bp,
    months.on_time_bp,
    -- The day of the run itself still counts as left.
    (
        (runs.next_quarter_starts_on - runs.as_of_date) * 10000
        / (runs.next_quarter_starts_on - runs.quarter_starts_on)
    )::integer as quarter_left_bp
from reps
cross join runs
left join loads
    on reps.rep_id = loads.rep_id
left join owned_leads
    on reps.rep_id = owned_leads.rep_id
left join quotas
    on reps.rep_id = quotas.rep_id
left join {{ ref('int_rep_months_measured') }} as months
    on reps.rep_id = months.rep_id
