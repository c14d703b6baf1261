with runs as (
    select * from {{ ref('stg_policy__runs') }}
),

loads as (
    select * from {{ ref('stg_crm__loads') }}
),

null_rates as (
    select * from {{ ref('int_source_nulls_counted') }}
)

select
    loads.source,
    loads.file,
    runs.run_key,
    loads.rows_read,
    loads.rows_bad,
    loads.landed_at,
    coalesce(null_rates.null_rates, '{}'::jsonb) as null_rates,
    -- A replayed or reconstructed week may be older than what landed: then nothing is stale.
    greatest(0, floor(extract(epoch from runs.as_of - loads.landed_at) / 86400))::integer
        as age_days,
    freshness.warn_after_days,
    coalesce(
        runs.as_of - loads.landed_at > make_interval(days => freshness.warn_after_days), false
    ) as is_stale
from loads
cross join runs
left join {{ ref('source_freshness') }} as freshness
    on loads.file = freshness.file
left join null_rates
    on loads.file = null_rates.file
