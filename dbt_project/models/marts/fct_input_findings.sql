with runs as (
    select * from {{ ref('stg_policy__runs') }}
),

people as (
    select
        rep_id,
        manager_id,
        lower(coalesce(email, wecom_id, dingtalk_id, feishu_id)) as person
    from {{ ref('stg_crm__reps') }}
    where coalesce(is_active, true)
),

opportunities as (
    select * from {{ ref('stg_crm__opportunities') }}
),

-- A typical deal: half of them are smaller. One of a hundred times that is a slip or a landmark.
typical as (
    select percentile_cont(0.5) within group (order by amount_cny) as amount_cny
    from opportunities
    where amount_cny > 0
),

findings as (
    select
        'opportunity_without_owner' as finding,
        'opportunities.csv' as file,
        opportunities.opportunity_id as row_id,
        null as rep_id,
        'in nobody''s load; its result counts in the benchmarks' as outcome
    from opportunities
    where opportunities.owner_id is null
    union all
    select
        'amount_out_of_line' as finding,
        'opportunities.csv' as file,
        opportunities.opportunity_id as row_id,
        opportunities.owner_id as rep_id,
        'counts as it is: over a hundred times the median amount' as outcome
    from opportunities
    inner join typical
        on opportunities.amount_cny > typical.amount_cny * 100
    union all
    select
        'closed_without_day' as finding,
        'opportunities.csv' as file,
        opportunities.opportunity_id as row_id,
        opportunities.owner_id as rep_id,
        'in no win rate and no benchmark, as nobody knows when it closed' as outcome
    from opportunities
    where opportunities.stage in ('won', 'lost') and opportunities.closed_on is null
    union all
    select
        'reviews_disagree' as finding,
        'capability.csv' as file,
        reviews.rep_id || '/' || reviews.skill as row_id,
        reviews.rep_id,
        'the latest review by the run''s day counts, of one day the lower' as outcome
    from {{ ref('stg_crm__capabilities') }} as reviews
    group by reviews.rep_id, reviews.skill
    having count(distinct coalesce(reviews.manager_stars, reviews.self_stars)) > 1
    union all
    select
        'contradictory_review' as finding,
        'capability.csv' as file,
        reviews.rep_id || '/' || reviews.skill as row_id,
        reviews.rep_id,
        'self-assessment and review are two stars apart; the review counts' as outcome
    from {{ ref('stg_crm__capabilities') }} as reviews
    where abs(reviews.self_stars - reviews.manager_stars) >= 2
    group by reviews.rep_id, reviews.skill
    union all
    select
        'review_dated_after_the_run' as finding,
        'capability.csv' as file,
        reviews.rep_id || '/' || reviews.skill as row_id,
        reviews.rep_id,
        'counts only where there is no earlier review' as outcome
    from {{ ref('stg_crm__capabilities') }} as reviews
    inner join runs
        on reviews.reviewed_on > runs.as_of_date
    group by reviews.rep_id, reviews.skill
    union all
    select
        'certificate_out_of_date' as finding,
        'certifications.csv' as file,
        certificates.rep_id || '/' || certificates.skill as row_id,
        certificates.rep_id,
        'gives no star since its last day' as outcome
    from {{ ref('int_certificates_dated') }} as certificates
    inner join runs
        on certificates.valid_to < runs.as_of_date
    where not certificates.is_valid
    union all
    select
        'rep_in_two_teams' as finding,
        'reps.csv' as file,
        people.rep_id as row_id,
        people.rep_id,
        'two active reps with one address and two managers; each keeps its own load' as outcome
    from people
    where
        people.person in (
            select twice.person
            from people as twice
            group by twice.person
            having count(distinct twice.rep_id) > 1 and count(distinct twice.manager_id) > 1
        )
)

select
    findings.finding,
    findings.file,
    findings.row_id,
    runs.run_key,
    findings.rep_id,
    findings.outcome
from findings
cross join runs
