{# An empty field is an unknown value, everywhere. #}
{% macro text(column) -%}
    nullif(trim({{ column }}), '')
{%- endmacro %}

{# Landing has validated the text, so a cast that fails is a bug and must stop the build. #}
{% macro whole(column) -%}
    ({{ text(column) }})::numeric::integer
{%- endmacro %}

{% macro money(column) -%}
    ({{ text(column) }})::numeric
{%- endmacro %}

{% macro day(column) -%}
    ({{ text(column) }})::date
{%- endmacro %}

{% macro moment(column) -%}
    ({{ text(column) }})::timestamptz
{%- endmacro %}

{% macro flag(column) -%}
    ({{ text(column) }})::boolean
{%- endmacro %}

{# How two spellings of a name are compared: case, spaces and punctuation (full width too) aside. #}
{% macro spelling(column) -%}
    nullif(
        regexp_replace(
            translate(lower({{ column }}), '　（）【】《》，。、：；·—“”‘’！？', ''),
            '[[:space:][:punct:]]', '', 'g'
        ), ''
    )
{%- endmacro %}

{# The last eleven digits of a phone number, so that a country code is no difference; numbers of
   fewer than eight digits are no evidence that two people are one. #}
{% macro phone_digits(column) -%}
    right(
        substring(regexp_replace({{ column }}, '[^0-9]', '', 'g') from '[0-9]{8,}'), 11
    )
{%- endmacro %}
