-- The certificate that speaks for a skill: one valid on the run's day, or else the last that was.
with certificates as (
    select
        certifications.rep_id,
        certifications.skill,
        certifications.certificate,
        certifications.valid_from,
        certifications.valid_to,
        coalesce(certifications.valid_from, '-infinity') <= runs.as_of_date
        and coalesce(certifications.valid_to, 'infinity') >= runs.as_of_date as is_valid
    from {{ ref('stg_crm__certifications') }} as certifications
    cross join {{ ref('stg_policy__runs') }} as runs
)

select distinct on (rep_id, skill)
    rep_id,
    skill,
    certificate,
    valid_from,
    valid_to,
    is_valid
from certificates
order by
    rep_id asc, skill asc, is_valid desc, valid_to desc nulls first,
    valid_from desc nulls last, certificate asc
