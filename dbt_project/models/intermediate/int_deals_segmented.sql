-- A deal counts in every segment it belongs to, named as the skills are.
with runs as (
    select * from {{ ref('stg_policy__runs') }}
),

settings as (
    select * from {{ ref('stg_policy__settings') }}
),

deals as (
    select
        opportunities.opportunity_id,
        opportunities.owner_id,
        opportunities.industry,
        opportunities.lead_type,
        opportunities.amount_cny,
        opportunities.stage = 'won' as is_won,
        {{ company_size('opportunities.employees') }} as company_size
    from {{ ref('stg_crm__opportunities') }} as opportunities
    cross join runs
    cross join settings
    where
        opportunities.stage in ('won', 'lost')
        and opportunities.owner_id is not null
        and opportunities.closed_on <= runs.as_of_date
        and opportunities.closed_on
        > runs.as_of_date - make_interval(months => settings.evidence_months::integer)
)

select
    deals.opportunity_id,
    deals.owner_id,
    deals.is_won,
    deals.amount_cny,
    segments.segment
from deals
cross join
    lateral (
        values
        (case when deals.company_size in ('enterprise', 'smb') then deals.company_size end),
        (
            case
                when deals.lead_type = 'new' then 'new_business'
                when deals.lead_type in ('upsell', 'cross_sell') then 'upsell'
            end
        ),
        ('vertical:' || deals.industry)
    ) as segments (segment)
where segments.segment is not null
