-- A level that asks for a field we do not have would never be reached, and nobody would notice.
{% set fields = scorable_fields() -%}

with known as (
    {% for name in fields.text.keys() -%}
    select
        'text' as kind,
        '{{ name }}' as field
    union all
    {% endfor -%}
    {% for name in fields.number.keys() -%}
    select
        'number' as kind,
        '{{ name }}' as field
    {{ "union all" if not loop.last }}
    {% endfor %}
)

select
    levels.factor,
    levels.level_order
from {{ ref('stg_policy__factor_levels') }} as levels
left join known as texts
    on levels.enum_field = texts.field and texts.kind = 'text'
left join known as numbers
    on levels.number_field = numbers.field and numbers.kind = 'number'
where
    (levels.enum_field is not null and texts.field is null)
    or (levels.number_field is not null and numbers.field is null)
