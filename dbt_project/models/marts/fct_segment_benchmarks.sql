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
        coalesce(opportunities.industry, 'unknown') as industry,
        coalesce(opportunities.lead_source, leads.lead_source, 'unknown') as lead_source
    from {{ ref('stg_crm__opportunities') }} as opportunities
    cross join runs
    cross join settings
    left join {{ ref('stg_crm__leads') }} as leads
        on opportunities.lead_id = leads.lead_id
    where
        opportunities.stage in ('won', 'lost')
        and opportunities.closed_on <= runs.as_of_date
        and opportunities.closed_on
        > runs.as_of_date - make_interval(months => settings.evidence_months::integer)
),

segmented as (
    select
        segments.segment_kind,
        segments.segment,
        count(*)::integer as closed_deals,
        (count(*) filter (where deals.is_won))::integer as won_deals,
        percentile_cont(0.5) within group (order by deals.days_to_close)
        filter (where deals.is_won) as median_days_to_close,
        avg(deals.days_to_close) filter (where deals.is_won) as mean_days_to_close,
        avg(deals.amount_cny) filter (where deals.is_won) as mean_won_amount,
        percentile_cont(0.5) within group (order by deals.amount_cny)
        filter (where deals.is_won) as median_won_amount
    from deals
    cross join
        lateral (
            values
            ('all', 'all'), ('size', deals.company_size), ('industry', deals.industry),
            ('source', deals.lead_source)
        ) as segments (segment_kind, segment)
    group by segments.segment_kind, segments.segment
),

-- Wilson's interval: honest for small counts, never outside 0 to 1 (z = 1.96).
bounded as (
    select
        segmented.*,
        segmented.won_deals::numeric / segmented.closed_deals as close_rate,
        (segmented.won_deals + 1.9208) / (segmented.closed_deals + 3.8416) as centre,
        1.96 * sqrt(
            segmented.won_deals::numeric
            * (segmented.closed_deals - segmented.won_deals) / segmented.closed_deals
            + 0.9604
        ) / (segmented.closed_deals + 3.8416) as half_width
    from segmented
)

select
    bounded.segment_kind,
    bounded.segment,
    runs.run_key,
    bounded.closed_deals,
    bounded.won_deals,
    round(bounded.close_rate, 4) as close_rate,
    round(bounded.centre - bounded.half_width, 4) as close_rate_low,
    round(bounded.centre + bounded.half_width, 4) as close_rate_high,
    bounded.median_days_to_close::numeric as median_days_to_close,
    round(bounded.mean_days_to_close, 1) as mean_days_to_close,
    round(bounded.mean_won_amount)::bigint as mean_won_amount,
    round(bounded.median_won_amount::numeric)::bigint as median_won_amount,
    bounded.closed_deals < settings.evidence_min_deals as is_too_few,
    benchmarks.close_rate as benchmark_close_rate,
    benchmarks.days_to_close as benchmark_days_to_close,
    -- The benchmark is money of China: other currencies have nothing to compare.
    case when runs.currency = 'CNY' then benchmarks.mean_won_amount_cny end
        as benchmark_won_amount,
    case
        when benchmarks.close_rate is null then 'no_benchmark'
        when bounded.closed_deals < settings.evidence_min_deals then 'too_few_deals'
        when bounded.centre - bounded.half_width > benchmarks.close_rate then 'above'
        when bounded.centre + bounded.half_width < benchmarks.close_rate then 'below'
        else 'within_chance'
    end as close_rate_verdict,
    benchmarks.benchmark_source
from bounded
cross join runs
cross join settings
left join {{ ref('industry_benchmarks') }} as benchmarks
    on
        bounded.segment_kind = 'industry'
        and {{ spelling('bounded.segment') }}
        in ({{ spelling('benchmarks.industry') }}, {{ spelling('benchmarks.industry_zh') }})
