with listed as (
    select
        rep_id,
        count(*) as stalled_opportunities
    from {{ ref('fct_stalled_opportunities') }}
    group by rep_id
)

select capacity.rep_id
from {{ ref('fct_rep_capacity') }} as capacity
left join listed
    on capacity.rep_id = listed.rep_id
where capacity.stalled_opportunities <> coalesce(listed.stalled_opportunities, 0)
