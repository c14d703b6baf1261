-- What the snapshot is to record: today's stars, and an empty cell for whatever it holds and nobody
-- rates any more. Nothing at all where a later week of the source has been built: a replayed week
-- must not overwrite what followed it.
{% set past = snapshot_so_far('capability_matrix') -%}

with runs as (
    select run.*
    from {{ ref('stg_policy__runs') }} as run
    where
        run.run_kind = 'week'
        and run.as_of >= (
            select max(built.as_of)
            from {{ ref('int_runs_recorded') }} as built
            where built.source = run.source
        )
),

rated as (
    select
        runs.source || '/' || stars.rep_id || '/' || stars.skill as cell,
        runs.source,
        runs.as_of,
        stars.rep_id,
        stars.skill,
        stars.self_stars,
        stars.manager_stars,
        stars.evidence_adjustment,
        stars.stars,
        stars.reviewed_by,
        stars.reviewed_on
    from {{ ref('int_stars_adjusted') }} as stars
    cross join runs
    where stars.stars is not null
)

select * from rated
{% if past %}
union all
select
    past.cell,
    past.source,
    runs.as_of,
    past.rep_id,
    past.skill,
    null as self_stars,
    null as manager_stars,
    null as evidence_adjustment,
    null as stars,
    null as reviewed_by,
    null as reviewed_on
from {{ past }} as past
inner join runs
    on past.source = runs.source
where
    past.dbt_valid_to is null
    and past.cell not in (select rated.cell from rated)
{% endif %}
