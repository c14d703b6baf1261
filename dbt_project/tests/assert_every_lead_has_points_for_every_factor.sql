-- No lead is lost between staging and scores, and no factor without a level that catches all.
with factors as (
    select count(distinct factor) as factor_count
    from {{ ref('stg_policy__factor_levels') }}
)

select leads.lead_id
from {{ ref('stg_crm__leads') }} as leads
cross join factors
left join {{ ref('fct_lead_scores') }} as scores
    on leads.lead_id = scores.lead_id
where
    scores.lead_id is null
    or (select count(*) from jsonb_object_keys(scores.points)) <> factors.factor_count
