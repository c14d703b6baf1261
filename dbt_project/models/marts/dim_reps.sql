with runs as (
    select * from {{ ref('stg_policy__runs') }}
),

reps as (
    select * from {{ ref('stg_crm__reps') }}
),

absent as (
    select distinct absences.rep_id
    from {{ ref('stg_crm__absences') }} as absences
    inner join runs
        on
            absences.away_from <= runs.as_of_date
            and coalesce(absences.away_to, 'infinity') >= runs.as_of_date
),

tenures as (
    select
        reps.rep_id,
        {{ full_months('reps.hired_on', 'runs.as_of_date') }} as tenure_months
    from reps
    cross join runs
    where reps.hired_on <= runs.as_of_date
)

select
    reps.rep_id,
    runs.run_key,
    reps.name,
    reps.email,
    reps.role,
    reps.hired_on,
    tenures.tenure_months,
    reps.manager_id,
    reps.region,
    reps.office,
    coalesce(reps.is_active, true)
    and coalesce(reps.left_on > runs.as_of_date, true)
    and coalesce(reps.hired_on <= runs.as_of_date, true) as is_active,
    absent.rep_id is not null
    or coalesce(
        reps.away_from <= runs.as_of_date
        and coalesce(reps.away_to, 'infinity') >= runs.as_of_date,
        false
    ) as is_away,
    coalesce(round(reps.fte * 100), 100)::integer as fte_pct,
    coalesce(qualified.qualifications, '[]'::jsonb) as qualifications,
    reps.wecom_id,
    reps.dingtalk_id,
    reps.feishu_id
from reps
cross join runs
left join tenures
    on reps.rep_id = tenures.rep_id
left join absent
    on reps.rep_id = absent.rep_id
left join {{ ref('int_rep_qualifications_listed') }} as qualified
    on reps.rep_id = qualified.rep_id
