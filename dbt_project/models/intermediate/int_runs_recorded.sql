-- The weeks built so far: what a history may say about when. A rerun replaces its own row.
{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='run_key',
    on_schema_change='append_new_columns', full_refresh=false
) }}

select
    run_key,
    source,
    as_of,
    as_of_date,
    policy_sha256
from {{ ref('stg_policy__runs') }}
where run_kind = 'week'
