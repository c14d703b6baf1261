with absences as (
    select
        rep_id,
        away_from,
        away_to
    from {{ ref('stg_crm__absences') }}
    union distinct
    select
        rep_id,
        away_from,
        away_to
    from {{ ref('stg_crm__reps') }}
    where away_from is not null
)

select
    absences.rep_id,
    runs.run_key,
    absences.away_from as first_day_on,
    -- Two entries that begin on one day are one absence until the later end; none is open.
    nullif(max(coalesce(absences.away_to, 'infinity')), 'infinity') as last_day_on,
    absences.away_from <= runs.as_of_date as is_away_now
from absences
cross join {{ ref('stg_policy__runs') }} as runs
where coalesce(absences.away_to >= runs.as_of_date, true)
group by absences.rep_id, absences.away_from, runs.run_key, runs.as_of_date
