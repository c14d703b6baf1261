-- Two live leads are one if they share an e-mail address, a phone number, or company and contact
-- name; chains count (A and B share the phone, B and C the address). Closed leads are left out: a
-- customer who writes again a year after a lost deal is a new lead.
with recursive leads as (
    select leads.*
    from {{ ref('stg_crm__leads') }} as leads
    inner join {{ ref('stg_policy__runs') }} as runs
        on leads.created_at <= runs.as_of
    where leads.status in ('new', 'assigned', 'working', 'recycled')
),

marks as (
    select
        lead_id,
        created_at,
        'company and contact' as matched_on,
        {{ spelling('company') }} || '|' || {{ spelling('contact_name') }} as mark
    from leads
    union all
    select
        lead_id,
        created_at,
        'email' as matched_on,
        lower(email) as mark
    from leads
    union all
    select
        lead_id,
        created_at,
        'phone' as matched_on,
        {{ phone_digits('phone') }} as mark
    from leads
),

shared_marks as (
    select
        lead_id,
        created_at,
        matched_on,
        first_value(lead_id) over same_mark as earliest_lead_id
    from marks
    where mark is not null
    window same_mark as (partition by matched_on, mark order by created_at asc, lead_id asc)
),

links as (
    select
        lead_id,
        matched_on,
        earliest_lead_id
    from shared_marks
    where lead_id <> earliest_lead_id
),

neighbours as (
    select
        lead_id as from_lead_id,
        earliest_lead_id as to_lead_id
    from links
    union all
    select
        earliest_lead_id as from_lead_id,
        lead_id as to_lead_id
    from links
),

-- Starting only from leads with none before them keeps the walk as long as the list of links.
reachable as (
    select distinct
        links.earliest_lead_id as first_lead_id,
        links.earliest_lead_id as lead_id
    from links
    where links.earliest_lead_id not in (select later.lead_id from links as later)
    union
    select
        reachable.first_lead_id,
        neighbours.to_lead_id as lead_id
    from reachable
    inner join neighbours
        on reachable.lead_id = neighbours.from_lead_id
),

primaries as (
    select distinct on (reachable.lead_id)
        reachable.lead_id,
        reachable.first_lead_id as primary_lead_id
    from reachable
    inner join leads
        on reachable.first_lead_id = leads.lead_id
    order by reachable.lead_id asc, leads.created_at asc, leads.lead_id asc
),

trails as (
    select
        lead_id,
        jsonb_agg(distinct matched_on) as matched_on
    from links
    group by lead_id
)

select
    primaries.lead_id,
    primaries.primary_lead_id,
    coalesce(trails.matched_on, '[]'::jsonb) as matched_on
from primaries
left join trails
    on primaries.lead_id = trails.lead_id
where primaries.lead_id <> primaries.primary_lead_id
