with leads as (
    select
        lead_id,
        {{ spelling('company') }} as company_spelling
    from {{ ref('stg_crm__leads') }}
),

conflicts as (
    select distinct
        rep_id,
        {{ spelling('company') }} as company_spelling
    from {{ ref('stg_crm__conflicts') }}
)

select
    leads.lead_id,
    jsonb_agg(conflicts.rep_id order by conflicts.rep_id) as conflicts
from leads
inner join conflicts
    on leads.company_spelling = conflicts.company_spelling
group by leads.lead_id
