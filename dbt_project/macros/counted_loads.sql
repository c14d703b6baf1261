{# The newest load of the run's source that a model has counted. A literal, not a subquery: with it
   the planner knows that few rows follow and finds them by the index on load_id. #}
{% macro newest_counted_load(counted) -%}
    {%- set query -%}
        select coalesce(max(load_id), 0) from {{ counted }}
        where source = (select runs.source from {{ ref('stg_policy__runs') }} as runs)
    {%- endset -%}
    {{ return(run_query(query).columns[0].values()[0] if execute else 0) }}
{%- endmacro %}

{# Share of the counted touches for which a condition holds, four decimals. #}
{% macro share_of_touches(condition) -%}
    round(
        coalesce(sum(touches.touches) filter (where {{ condition }}), 0)::numeric
        / sum(touches.touches), 4
    )
{%- endmacro %}
