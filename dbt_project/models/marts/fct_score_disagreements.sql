with leads as (
    select
        scores.*,
        tiers.tier_order
    from {{ ref('fct_lead_scores') }} as scores
    inner join {{ ref('stg_policy__tiers') }} as tiers
        on scores.band = tiers.band
    where scores.is_open_for_allocation
),

weights as (
    select
        band,
        tier_order,
        weighted_x100,
        count(*) as leads
    from leads
    group by band, tier_order, weighted_x100
),

outscored as (
    select
        lower_tier.tier_order,
        lower_tier.weighted_x100,
        sum(higher_tier.leads)::integer as outscored_leads,
        min(higher_tier.weighted_x100) as lowest_outscored_x100,
        (array_agg(higher_tier.band order by higher_tier.tier_order))[1] as highest_outscored_band
    from weights as lower_tier
    inner join weights as higher_tier
        on
            lower_tier.tier_order > higher_tier.tier_order
            and lower_tier.weighted_x100 > higher_tier.weighted_x100
    group by lower_tier.tier_order, lower_tier.weighted_x100
)

select
    leads.lead_id,
    leads.run_key,
    leads.band,
    leads.score,
    leads.weighted_x100,
    outscored.highest_outscored_band,
    outscored.lowest_outscored_x100,
    outscored.outscored_leads
from leads
inner join outscored
    on
        leads.tier_order = outscored.tier_order
        and leads.weighted_x100 = outscored.weighted_x100
