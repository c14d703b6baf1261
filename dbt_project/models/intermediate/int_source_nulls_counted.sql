-- Which columns of a file are how often empty, over the rows that the run sees.
{% set files = {
    'leads': ref('stg_crm__leads'),
    'reps': ref('stg_crm__reps'),
    'opportunities': ref('stg_crm__opportunities'),
    'touches': ref('stg_crm__touches'),
    'capability': ref('stg_crm__capabilities'),
    'certifications': ref('stg_crm__certifications'),
    'absences': ref('stg_crm__absences'),
    'conflicts': ref('stg_crm__conflicts'),
    'surveys': ref('stg_crm__surveys'),
    'feedback': ref('stg_crm__feedback'),
    'goals': ref('stg_crm__goals'),
} -%}

{% for file, relation in files.items() %}
select
    '{{ file }}.csv' as file,
    count(*)::integer as visible_rows,
    jsonb_build_object(
        {% for name in columns_of(relation) -%}
        '{{ name }}', round(1 - count({{ name }})::numeric / count(*), 4){{ "," if not loop.last }}
        {% endfor %}
    ) as null_rates
from {{ relation }}
having count(*) > 0
{{ "union all" if not loop.last }}
{% endfor %}
