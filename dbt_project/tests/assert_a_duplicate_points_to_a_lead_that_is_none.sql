select later.lead_id
from {{ ref('int_leads_deduplicated') }} as later
inner join {{ ref('int_leads_deduplicated') }} as earlier
    on later.primary_lead_id = earlier.lead_id
