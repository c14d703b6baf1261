{# Full calendar months from one date to a later one. #}
{% macro full_months(since, until) -%}
    (
        extract(year from age({{ until }}::timestamp, {{ since }}::timestamp)) * 12
        + extract(month from age({{ until }}::timestamp, {{ since }}::timestamp))
    )::integer
{%- endmacro %}

{# Since when a deal in discovery is in it: the first stage, so since it exists at the latest. #}
{% macro discovery_since(opportunity) -%}
    coalesce({{ opportunity }}.stage_entered_on, {{ opportunity }}.created_on)
{%- endmacro %}

{# Weeks begin on Monday in the business zone. A changed zone moves them: rebuild what counts them. #}
{% macro week_of(moment, zone) -%}
    date_trunc('week', {{ moment }} at time zone {{ zone }})::date
{%- endmacro %}
