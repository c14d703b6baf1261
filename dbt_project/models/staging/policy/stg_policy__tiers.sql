with source as (
    {{ policy_rows('policy_tiers') }}
)

select
    tier_order,
    band,
    min_points
from source
