{# The rows of a raw change log that count for the run: of each key the latest version landed by
   the run's moment, from the run's source, unless that version is a tombstone. #}
{% macro visible_rows(table) -%}
    select latest.*
    from (
        select distinct on (versions.row_key) versions.*
        from {{ source('raw', table) }} as versions
        where
            versions.source = (select runs.source from {{ ref('stg_policy__runs') }} as runs)
            and versions.landed_at
            <= (select runs.landed_until from {{ ref('stg_policy__runs') }} as runs)
        order by versions.row_key asc, versions.load_id desc
    ) as latest
    where not latest.is_deleted
{%- endmacro %}

{# The rows of a policy table that belong to the run's policy. #}
{% macro policy_rows(table) -%}
    select rules.*
    from {{ source('raw', table) }} as rules
    where
        rules.policy_sha256
        = (select runs.policy_sha256 from {{ ref('stg_policy__runs') }} as runs)
{%- endmacro %}
