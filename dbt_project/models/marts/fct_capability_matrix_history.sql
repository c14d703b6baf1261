with runs as (
    select * from {{ ref('stg_policy__runs') }}
)

select
    matrix.rep_id,
    matrix.skill,
    matrix.dbt_valid_from as valid_from_at,
    -- A replayed week sees the history up to itself.
    case when matrix.dbt_valid_to <= runs.as_of then matrix.dbt_valid_to end as valid_to_at,
    coalesce(matrix.dbt_valid_to > runs.as_of, true) as is_current,
    runs.run_key,
    matrix.self_stars,
    matrix.manager_stars,
    matrix.evidence_adjustment,
    matrix.stars,
    matrix.reviewed_by,
    matrix.reviewed_on
from {{ ref('capability_matrix') }} as matrix
inner join runs
    on
        matrix.source = runs.source
        and matrix.dbt_valid_from <= runs.as_of
where
    matrix.stars is not null
    -- A week built twice leaves an empty interval behind: what was said first and corrected.
    and coalesce(matrix.dbt_valid_to > matrix.dbt_valid_from, true)
