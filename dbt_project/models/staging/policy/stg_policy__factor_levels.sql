with source as (
    {{ policy_rows('policy_factor_levels') }}
)

select
    factor,
    factor_order,
    weight_pct,
    level_order,
    points,
    enum_field,
    enum_value,
    number_field,
    number_min,
    is_unknown
from source
