-- A level that asks for a field we do not have would never be reached, and nobody would notice.
{% set fields = scorable_fields() -%}

select
    factor,
    level_order
from {{ ref('stg_policy__factor_levels') }}
where
    enum_field not in ('{{ fields.text.keys() | join("', '") }}')
    or number_field not in ('{{ fields.number.keys() | join("', '") }}')
