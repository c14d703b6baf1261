with source as (
    {{ policy_rows('policy_stage_multipliers') }}
)

select
    stage,
    multiplier_x100
from source
