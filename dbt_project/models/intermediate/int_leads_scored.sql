with scores as (
    select
        lead_id,
        sum(points)::integer as score,
        sum(points * weight_pct)::integer as weighted_x100,
        jsonb_object_agg(factor, points) as points,
        coalesce(
            jsonb_agg(factor order by factor_order, factor) filter (where is_unknown),
            '[]'::jsonb
        ) as unknown_factors
    from {{ ref('int_lead_factors_pointed') }}
    group by lead_id
),

tiers as (
    select * from {{ ref('stg_policy__tiers') }}
)

select
    scores.*,
    reached.band
from scores
left join
    lateral (
        select tiers.band
        from tiers
        where tiers.min_points <= scores.score
        order by tiers.tier_order
        limit 1
    ) as reached
    on true
