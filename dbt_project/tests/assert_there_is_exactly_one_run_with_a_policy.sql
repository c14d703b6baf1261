-- Without its policy's rows a run would quietly score nobody.
with counts as (
    select
        (select count(*) from {{ ref('stg_policy__runs') }}) as runs,
        (select count(*) from {{ ref('stg_policy__factor_levels') }}) as factor_levels,
        (select count(*) from {{ ref('stg_policy__tiers') }}) as tiers,
        (select count(*) from {{ ref('stg_policy__stage_multipliers') }}) as stage_multipliers,
        (
            select count(*) from {{ ref('stg_policy__size_bands') }} as bands
            where bands.min_amount = 0
        ) as lowest_size_bands
)

select *
from counts
where
    runs <> 1
    or factor_levels = 0
    or tiers = 0
    or stage_multipliers = 0
    or lowest_size_bands <> 1
