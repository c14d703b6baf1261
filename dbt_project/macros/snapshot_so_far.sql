{# The table of a snapshot as earlier runs left it, none before the first. Read around ref(), which
   would be a circle: the model that asks is what the snapshot is taken of. #}
{% macro snapshot_so_far(name) -%}
    {{ return(
        adapter.get_relation(database=target.database, schema='snapshots', identifier=name)
        if execute else none
    ) }}
{%- endmacro %}
