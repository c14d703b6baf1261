{# What a comparison with the team says about a star; no comparison says nothing. #}
{% macro star_moved_by(verdict) -%}
    case {{ verdict }}
        when 'above_the_team' then 1
        when 'below_the_team' then -1
        else 0
    end
{%- endmacro %}

{# Stars stay within 1 to 3, and unknown stars stay unknown. #}
{% macro stars_within_reach(stars) -%}
    case when {{ stars }} is not null then least(3, greatest(1, {{ stars }})) end
{%- endmacro %}
