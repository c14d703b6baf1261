-- All versions of a touch, so that touches can be counted load by load instead of all again.
with source as (
    select versions.*
    from {{ source('raw', 'touches') }} as versions
    where
        versions.source = (select runs.source from {{ ref('stg_policy__runs') }} as runs)
        and versions.landed_at
        <= (select runs.landed_until from {{ ref('stg_policy__runs') }} as runs)
)

select
    source,
    row_key,
    load_id,
    landed_at,
    is_deleted,
    {{ text('lead_id') }} as lead_id,
    {{ text('rep_id') }} as rep_id,
    {{ moment('at') }} as touched_at,
    {{ text('kind') }} as kind,
    {{ text('key_action') }} as key_action
from source
