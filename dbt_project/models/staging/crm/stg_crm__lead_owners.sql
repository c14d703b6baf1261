-- The only staging model over all versions of a row: who had a lead before is told by its past.
with source as (
    select versions.*
    from {{ source('raw', 'leads') }} as versions
    where
        versions.source = (select runs.source from {{ ref('stg_policy__runs') }} as runs)
        and versions.landed_at
        <= (select runs.landed_until from {{ ref('stg_policy__runs') }} as runs)
        and not versions.is_deleted
        and {{ text('versions.owner_id') }} is not null
)

select
    lead_id,
    {{ text('owner_id') }} as owner_id,
    min(landed_at) as first_seen_at
from source
group by lead_id, {{ text('owner_id') }}
