with runs as (
    select * from {{ ref('stg_policy__runs') }}
),

settings as (
    select * from {{ ref('stg_policy__settings') }}
),

deals as (
    select
        opportunities.stage = 'won' as is_won,
        opportunities.amount_cny,
        opportunities.closed_on - opportunities.created_on as days_to_close,
        coalesce({{ company_size('opportunities.employees') }}, 'unknown') as company_size,
        coalesce(opportunities.industry, 'unknown') as industry
    from {{ ref('stg_crm__opportunities') }} as opportunities
    cross join runs
    cross join settings
    where
        opportunities.stage in ('won', 'lost')
        and opportunities.closed_on <= runs.as_of_date
        and opportunities.closed_on
        > runs.as_of_date - make_interval(months => settings.evidence_months::integer)
),

segmented as (
    select
        deals.*,
        segments.segment_kind,
        segments.segment
    from deals
    cross join lateral (
        values
        ('all', 'all'), ('size', deals.company_size), ('industry', deals.industry)
    ) as segments (segment_kind, segment)
)

select
    segmented.segment_kind,
    segmented.segment,
    runs.run_key,
    count(*)::integer as closed_deals,
    (count(*) filter (where segmented.is_won))::integer as won_deals,
    round((count(*) filter (where segmented.is_won))::numeric / count(*), 4) as close_rate,
    (
        percentile_cont(0.5) within group (order by segmented.days_to_close)
        filter (where segmented.is_won)
    )::numeric as median_days_to_close,
    round(avg(segmented.amount_cny) filter (where segmented.is_won))::bigint as mean_won_amount
from segmented
cross join runs
group by segmented.segment_kind, segmented.segment, runs.run_key
