-- Every step begins where the one before it ended, and the last ends at the matrix.
with steps as (
    select
        *,
        lag(stars_after) over (partition by rep_id, skill order by step_order) as stars_left,
        step_order = max(step_order) over (partition by rep_id, skill) as is_last
    from {{ ref('fct_capability_steps') }}
)

select
    steps.rep_id,
    steps.skill,
    steps.step
from steps
full outer join {{ ref('fct_rep_capability') }} as matrix
    on steps.rep_id = matrix.rep_id and steps.skill = matrix.skill
where
    matrix.rep_id is null
    or steps.rep_id is null
    or (steps.step_order > 1 and steps.stars_before is distinct from steps.stars_left)
    or (steps.is_last and steps.stars_after <> matrix.stars)
