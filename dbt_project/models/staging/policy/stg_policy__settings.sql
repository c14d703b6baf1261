with source as (
    {{ policy_rows('policy_settings') }}
),

{% set numbers = [
    'stalled_days', 'certified_min_stars', 'evidence_min_deals', 'evidence_months',
    'evidence_up_pct', 'evidence_down_pct', 'high_value_min_amount'
] -%}

pivoted as (
    select
        {% for name in numbers -%}
        max(case when name = '{{ name }}' then value end)::numeric as {{ name }}{{ "," if not loop.last }}
        {% endfor %}
    from source
)

select * from pivoted
