-- What the mart says a rep carries, counted again from the opportunities one by one.
with counted as (
    select
        opportunities.owner_id as rep_id,
        count(*) as open_opportunities
    from {{ ref('stg_crm__opportunities') }} as opportunities
    cross join {{ ref('stg_policy__runs') }} as runs
    where
        opportunities.stage in ('discovery', 'demo', 'proposal', 'negotiation')
        and coalesce(opportunities.created_on <= runs.as_of_date, true)
    group by opportunities.owner_id
),

weighed as (
    select
        rep_id,
        sum(load_x100) as load_x100
    from {{ ref('int_rep_loads_weighed') }}
    group by rep_id
)

select capacity.rep_id
from {{ ref('fct_rep_capacity') }} as capacity
left join counted
    on capacity.rep_id = counted.rep_id
left join weighed
    on capacity.rep_id = weighed.rep_id
where
    capacity.open_opportunities <> coalesce(counted.open_opportunities, 0)
    or capacity.load_x100 <> coalesce(weighed.load_x100, 0)
    or capacity.open_opportunities
    <> capacity.open_discovery_demo + capacity.open_proposal_negotiation
