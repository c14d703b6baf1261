with source as (
    select landed.*
    from {{ source('raw', 'loads') }} as landed
    where
        landed.source = (select runs.source from {{ ref('stg_policy__runs') }} as runs)
        and landed.landed_at
        <= (select runs.landed_until from {{ ref('stg_policy__runs') }} as runs)
),

newest as (
    select distinct on (file)
        source,
        file,
        load_id,
        rows_read,
        rows_bad,
        landed_at
    from source
    order by file asc, load_id desc
)

select * from newest
