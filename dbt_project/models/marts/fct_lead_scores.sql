with runs as (
    select * from {{ ref('stg_policy__runs') }}
),

leads as (
    select * from {{ ref('stg_crm__leads') }}
),

scores as (
    select * from {{ ref('int_leads_scored') }}
),

grades as (
    select * from {{ ref('stg_policy__grades') }}
),

reach as (
    select sum(best.points) as most_points
    from (
        select max(points) as points
        from {{ ref('stg_policy__factor_levels') }}
        group by factor
    ) as best
)

select
    scores.lead_id,
    runs.run_key,
    leads.created_at,
    scores.score,
    scores.weighted_x100,
    scores.band,
    floor(scores.score * 100.0 / reach.most_points)::integer as score_100,
    lettered.grade,
    scores.points,
    scores.unknown_factors,
    leads.status,
    coalesce(
        leads.status in ('new', 'recycled', 'assigned')
        and leads.owner_id is null
        -- A lead whose creation time is unknown has landed, so it exists.
        and coalesce(leads.created_at <= runs.as_of, true),
        false
    ) as is_open_for_allocation
from scores
inner join leads
    on scores.lead_id = leads.lead_id
cross join runs
cross join reach
left join
    lateral (
        select grades.grade
        from grades
        where grades.min_score <= floor(scores.score * 100.0 / reach.most_points)
        order by grades.min_score desc
        limit 1
    ) as lettered
    on true
