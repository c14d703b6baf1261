with scores as (
    select * from {{ ref('fct_lead_scores') }}
    where is_open_for_allocation
),

leads as (
    select * from {{ ref('stg_crm__leads') }}
),

duplicates as (
    select * from {{ ref('int_leads_deduplicated') }}
),

recycled as (
    select * from {{ ref('int_leads_recycled') }}
),

conflicted as (
    select * from {{ ref('int_leads_conflicted') }}
)

select
    scores.lead_id,
    scores.run_key,
    scores.created_at,
    scores.score,
    scores.weighted_x100,
    scores.band,
    scores.points,
    scores.unknown_factors,
    round(leads.expected_acv_cny)::bigint as expected_value,
    leads.industry,
    leads.region,
    leads.product,
    leads.lead_type,
    round(leads.existing_arr_cny)::bigint as existing_arr,
    leads.employees,
    case
        when leads.budget_status in ('explicit', 'implied') then round(leads.budget_cny)::bigint
    end as budget,
    leads.company,
    leads.requested_rep_id,
    leads.account_owner_id,
    nullif(leads.referrer, 'none') as referrer,
    leads.referral_rep_id,
    duplicates.primary_lead_id as duplicate_of,
    coalesce(leads.is_do_not_contact, false) as do_not_contact,
    coalesce(recycled.recycled_from, '[]'::jsonb) as recycled_from,
    coalesce(conflicted.conflicts, '[]'::jsonb) as conflicts
from scores
inner join leads
    on scores.lead_id = leads.lead_id
left join duplicates
    on scores.lead_id = duplicates.lead_id
left join recycled
    on scores.lead_id = recycled.lead_id
left join conflicted
    on scores.lead_id = conflicted.lead_id
