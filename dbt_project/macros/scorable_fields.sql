{# The fields of a lead that a policy's levels may ask for, by the names of the CSV source, with the
   column of stg_crm__leads that holds each. #}
{% macro scorable_fields() -%}
    {{ return({
        'text': {
            'budget_status': 'budget_status', 'authority': 'authority', 'need': 'need',
            'timing': 'timing', 'engagement': 'engagement', 'lead_type': 'lead_type',
            'industry': 'industry', 'product': 'product', 'region': 'region',
            'source': 'lead_source', 'channel': 'channel', 'referrer': 'referrer'
        },
        'number': {
            'employees': 'employees', 'budget_cny': 'budget_cny',
            'existing_arr_cny': 'existing_arr_cny', 'expected_acv_cny': 'expected_acv_cny',
            'manual_stars': 'manual_stars'
        }
    }) }}
{%- endmacro %}
