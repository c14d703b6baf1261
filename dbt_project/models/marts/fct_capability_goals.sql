select
    goals.rep_id,
    goals.skill,
    goals.asked_on,
    runs.run_key,
    goals.note,
    stars.stars,
    coalesce(stars.stars = 3, false) as is_reached
from {{ ref('stg_crm__goals') }} as goals
cross join {{ ref('stg_policy__runs') }} as runs
left join {{ ref('int_stars_adjusted') }} as stars
    on goals.rep_id = stars.rep_id and goals.skill = stars.skill
where coalesce(goals.asked_on <= runs.as_of_date, true)
