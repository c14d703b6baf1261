{# Statistics of the small tables written for this run, which mislead the planner most. #}
{% macro analyzed_raw() -%}
    analyze
    raw.run_context, raw.policy_factor_levels, raw.policy_tiers, raw.policy_stage_multipliers,
    raw.policy_size_bands, raw.policy_grades, raw.policy_settings
{%- endmacro %}
