with leads as (
    select * from {{ ref('stg_crm__leads') }}
),

owners as (
    select * from {{ ref('stg_crm__lead_owners') }}
)

select
    leads.lead_id,
    jsonb_agg(owners.owner_id order by owners.owner_id) as recycled_from
from leads
inner join owners
    on leads.lead_id = owners.lead_id
where leads.status = 'recycled'
group by leads.lead_id
