-- Weighted load = sum over a rep's open opportunities of size weight x stage multiplier.
with runs as (
    select * from {{ ref('stg_policy__runs') }}
),

settings as (
    select * from {{ ref('stg_policy__settings') }}
),

opportunities as (
    select * from {{ ref('stg_crm__opportunities') }}
),

multipliers as (
    select * from {{ ref('stg_policy__stage_multipliers') }}
),

size_bands as (
    select
        weight_x100,
        min_amount,
        lead(min_amount) over (order by min_amount) as next_min_amount
    from {{ ref('stg_policy__size_bands') }}
),

open_opportunities as (
    select
        opportunities.owner_id,
        opportunities.stage,
        opportunities.amount_cny,
        opportunities.stage = 'discovery'
        and {{ discovery_since('opportunities') }}
        <= runs.as_of_date - settings.stalled_days::integer as is_stalled
    from opportunities
    cross join runs
    cross join settings
    where
        opportunities.stage not in ('won', 'lost')
        and opportunities.owner_id is not null
        and (opportunities.created_on is null or opportunities.created_on <= runs.as_of_date)
),

-- A stage without a multiplier has no load: the not_null test stops the build.
weighed as (
    select
        open_opportunities.owner_id,
        open_opportunities.stage,
        open_opportunities.is_stalled,
        multipliers.multiplier_x100 * size_bands.weight_x100 / 100 as load_x100
    from open_opportunities
    left join multipliers
        on open_opportunities.stage = multipliers.stage
    left join size_bands
        on
            coalesce(open_opportunities.amount_cny, 0) >= size_bands.min_amount
            and (
                size_bands.next_min_amount is null
                or coalesce(open_opportunities.amount_cny, 0) < size_bands.next_min_amount
            )
)

select
    owner_id as rep_id,
    stage,
    count(*)::integer as open_opportunities,
    (count(*) filter (where is_stalled))::integer as stalled_opportunities,
    (case when bool_and(load_x100 is not null) then sum(load_x100) end)::integer as load_x100
from weighed
group by owner_id, stage
