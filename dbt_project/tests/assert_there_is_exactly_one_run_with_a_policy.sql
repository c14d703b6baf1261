-- Without its policy's rows a run would quietly score nobody.
select runs.run_key
from {{ ref('stg_policy__runs') }} as runs
where
    not exists (select 1 from {{ ref('stg_policy__factor_levels') }})
    or not exists (select 1 from {{ ref('stg_policy__tiers') }})
    or not exists (select 1 from {{ ref('stg_policy__stage_multipliers') }})
    or not exists (select 1 from {{ ref('stg_policy__size_bands') }} where min_amount = 0)
    or (select count(*) from {{ ref('stg_policy__runs') }}) <> 1
