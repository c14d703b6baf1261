with source as (
    select * from {{ source('raw', 'run_context') }}
)

select
    run_key,
    run_kind,
    as_of,
    as_of_date,
    landed_until,
    zone,
    currency,
    policy_sha256,
    source
from source
