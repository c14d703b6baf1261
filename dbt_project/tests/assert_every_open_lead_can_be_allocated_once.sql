-- The leads open for allocation are exactly the scored leads that are open.
select scores.lead_id
from {{ ref('fct_lead_scores') }} as scores
full outer join {{ ref('fct_allocation_leads') }} as leads
    on scores.lead_id = leads.lead_id
where
    scores.is_open_for_allocation is distinct from (leads.lead_id is not null)
    or (leads.lead_id is not null and leads.band is distinct from scores.band)
