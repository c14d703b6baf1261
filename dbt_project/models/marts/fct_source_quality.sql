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
    coalesce(null_rates.null_rates, '{}'::jsonb) as null_rates
from loads
cross join runs
left join null_rates
    on loads.file = null_rates.file
