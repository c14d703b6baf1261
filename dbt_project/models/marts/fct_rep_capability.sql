select
    stars.rep_id,
    runs.run_key,
    stars.skill,
    stars.self_stars,
    stars.manager_stars,
    stars.evidence_adjustment,
    stars.evidence_reason,
    stars.stars,
    stars.reviewed_by,
    stars.reviewed_on
from {{ ref('int_stars_adjusted') }} as stars
cross join {{ ref('stg_policy__runs') }} as runs
-- A skill that nobody has rated is unknown: it has no row here.
where stars.stars is not null
