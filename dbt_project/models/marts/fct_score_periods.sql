with runs as (
    select * from {{ ref('stg_policy__runs') }}
),

settings as (
    select * from {{ ref('stg_policy__settings') }}
),

-- The four weeks up to the run, and the evidence window before them.
dated as (
    select
        scores.*,
        scores.created_at > runs.as_of - interval '28 days' as is_late
    from {{ ref('fct_lead_scores') }} as scores
    cross join runs
    cross join settings
    where
        scores.created_at <= runs.as_of
        and scores.created_at
        > runs.as_of - interval '28 days'
        - make_interval(months => settings.evidence_months::integer)
),

factors as (
    select
        earned.factor as column_name,
        -- An unknown value earns points like a known one and is told apart all the same.
        case
            when dated.unknown_factors @> to_jsonb(earned.factor) then 'unknown'
            else earned.points
        end as bin,
        dated.is_late
    from dated
    cross join lateral jsonb_each_text(dated.points) as earned (factor, points)
),

columns as (
    select * from factors
    union all
    select
        'score' as column_name,
        score::text as bin,
        is_late
    from dated
    union all
    select
        'band' as column_name,
        band as bin,
        is_late
    from dated
)

select
    columns.column_name,
    columns.bin,
    runs.run_key,
    (count(*) filter (where not columns.is_late))::integer as leads_before,
    (count(*) filter (where columns.is_late))::integer as leads_after
from columns
cross join runs
group by columns.column_name, columns.bin, runs.run_key
