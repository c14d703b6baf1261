{% test unique_together(model, columns) %}
    {#- Fails for every combination of the columns that occurs more than once: the model's grain. -#}
    select {{ columns | join(', ') }}
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1
{% endtest %}
