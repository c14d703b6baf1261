with factors as (
    select distinct
        factor,
        weight_pct
    from {{ ref('stg_policy__factor_levels') }}
)

select sum(weight_pct) as weights
from factors
having sum(weight_pct) <> 100 or count(*) <> count(distinct factor)
