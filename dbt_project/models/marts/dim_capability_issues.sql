with runs as (
    select * from {{ ref('stg_policy__runs') }}
),

-- The matrix is issued with the first week of every quarter.
issued as (
    select distinct on (date_trunc('quarter', built.as_of_date))
        to_char(built.as_of_date, 'YYYY"Q"Q') as issue_id,
        built.run_key as issued_with_run,
        built.as_of as issued_at,
        built.as_of_date as issued_on,
        built.policy_sha256
    from {{ ref('int_runs_recorded') }} as built
    inner join runs
        on built.source = runs.source and built.as_of <= runs.as_of
    order by date_trunc('quarter', built.as_of_date) asc, built.as_of asc
),

issues as (
    select
        issued.*,
        lag(issued.issue_id) over (order by issued.issued_at) as previous_issue_id,
        lag(issued.issued_at) over (order by issued.issued_at) as previous_issued_at,
        lead(issued.issued_at) over (order by issued.issued_at) is null as is_current
    from issued
),

matrix as (
    select * from {{ ref('fct_capability_matrix_history') }}
),

cells as (
    select
        issues.issue_id,
        count(*)::integer as rated_cells,
        count(distinct matrix.rep_id)::integer as rated_reps,
        (count(*) filter (where earlier.stars is null))::integer as new_cells,
        (count(*) filter (where matrix.stars > earlier.stars))::integer as raised_cells,
        (count(*) filter (where matrix.stars < earlier.stars))::integer as lowered_cells
    from issues
    inner join matrix
        on
            issues.issued_at >= matrix.valid_from_at
            and coalesce(issues.issued_at < matrix.valid_to_at, true)
    left join matrix as earlier
        on
            matrix.rep_id = earlier.rep_id
            and matrix.skill = earlier.skill
            and issues.previous_issued_at >= earlier.valid_from_at
            and coalesce(issues.previous_issued_at < earlier.valid_to_at, true)
    group by issues.issue_id
)

select
    issues.issue_id,
    runs.run_key,
    issues.issued_with_run,
    issues.issued_at,
    issues.issued_on,
    issues.policy_sha256,
    issues.previous_issue_id,
    issues.is_current,
    coalesce(cells.rated_reps, 0) as rated_reps,
    coalesce(cells.rated_cells, 0) as rated_cells,
    coalesce(cells.new_cells, 0) as new_cells,
    coalesce(cells.raised_cells, 0) as raised_cells,
    coalesce(cells.lowered_cells, 0) as lowered_cells
from issues
cross join runs
left join cells
    on issues.issue_id = cells.issue_id
