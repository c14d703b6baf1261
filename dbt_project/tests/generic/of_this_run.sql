{% test of_this_run(model, column_name) %}
    {#- Fails for every row that another run left behind: readers refuse such rows. -#}
    select {{ column_name }}
    from {{ model }}
    where
        {{ column_name }}
        is distinct from (select runs.run_key from {{ ref('stg_policy__runs') }} as runs)
{% endtest %}
