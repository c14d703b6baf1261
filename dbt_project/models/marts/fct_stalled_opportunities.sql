select
    opportunities.opportunity_id,
    runs.run_key,
    opportunities.owner_id as rep_id,
    opportunities.lead_id,
    opportunities.account,
    round(opportunities.amount_cny)::bigint as amount,
    {{ discovery_since('opportunities') }} as in_discovery_since_date,
    runs.as_of_date - {{ discovery_since('opportunities') }} as days_in_discovery,
    opportunities.stage_entered_on is null as is_entry_day_unknown
from {{ ref('stg_crm__opportunities') }} as opportunities
cross join {{ ref('stg_policy__runs') }} as runs
cross join {{ ref('stg_policy__settings') }} as settings
where
    opportunities.stage = 'discovery'
    and opportunities.owner_id is not null
    and coalesce(opportunities.created_on <= runs.as_of_date, true)
    and {{ discovery_since('opportunities') }}
    <= runs.as_of_date - settings.stalled_days::integer
