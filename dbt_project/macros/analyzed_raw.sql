{# Statistics of what was just landed and written for this run. #}
{% macro analyzed_raw() -%}
    analyze
    raw.run_context, raw.policy_factor_levels, raw.policy_tiers, raw.policy_stage_multipliers,
    raw.policy_size_bands, raw.policy_settings, raw.leads, raw.reps, raw.opportunities,
    raw.touches, raw.capability, raw.certifications, raw.absences, raw.conflicts
{%- endmacro %}
