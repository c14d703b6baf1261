{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='run_key',
    on_schema_change='append_new_columns', full_refresh=false,
    indexes=[{'columns': ['run_key']}]
) }}

-- Every week adds its rows, and building it again replaces them.
select
    capacity.rep_id,
    capacity.run_key,
    runs.source,
    runs.as_of as as_of_at,
    runs.as_of_date,
    capacity.load_x100,
    capacity.open_opportunities,
    capacity.open_discovery_demo,
    capacity.open_proposal_negotiation,
    capacity.open_leads,
    capacity.open_by_stage,
    capacity.stalled_opportunities,
    capacity.high_value_this_month,
    capacity.attainment_bp,
    reps.is_away
from {{ ref('fct_rep_capacity') }} as capacity
inner join {{ ref('stg_policy__runs') }} as runs
    on capacity.run_key = runs.run_key
left join {{ ref('dim_reps') }} as reps
    on capacity.rep_id = reps.rep_id
where runs.run_kind = 'week'
