{# When a file was loaded, on a clock that stands at the run's as-of: dbt compares it with now. #}
{% macro loaded_before_the_run(file) -%}
    select current_timestamp - greatest(max(run.as_of) - max(landed.landed_at), interval '0')
    from raw.loads as landed
    inner join raw.run_context as run
        on landed.source = run.source and landed.landed_at <= run.landed_until
    where landed.file = '{{ file }}'
{%- endmacro %}
