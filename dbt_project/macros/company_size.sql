{# Size of a company by head count, as the mission's first scoring factor cuts it. #}
{% macro company_size(employees) -%}
    case
        when {{ employees }} >= 1000 then 'enterprise'
        when {{ employees }} >= 100 then 'mid_market'
        when {{ employees }} is not null then 'smb'
    end
{%- endmacro %}
