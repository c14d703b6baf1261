-- Which columns of a file are how often empty, over the rows that the run sees. Touches are summed
-- from their ledger: millions of them are not to be read again for one percentage.
{% set files = {
    'leads': ref('stg_crm__leads'),
    'reps': ref('stg_crm__reps'),
    'opportunities': ref('stg_crm__opportunities'),
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
union all
{% endfor %}
select
    'touches.csv' as file,
    sum(touches.touches)::integer as visible_rows,
    jsonb_build_object(
        'touch_id', 0,
        'lead_id', {{ share_of_touches('touches.lead_id is null') }},
        'rep_id', {{ share_of_touches('touches.rep_id is null') }},
        'touched_at', {{ share_of_touches('touches.week_starts_on is null') }},
        'kind', round(coalesce(sum(touches.kinds_unknown), 0)::numeric / sum(touches.touches), 4),
        'key_action',
        round(1 - coalesce(sum(touches.key_actions), 0)::numeric / sum(touches.touches), 4)
    ) as null_rates
from {{ ref('int_touches_counted') }} as touches
inner join {{ ref('stg_policy__runs') }} as runs
    on
        touches.source = runs.source
        and touches.landed_at <= runs.landed_until
having sum(touches.touches) > 0
