-- Relative to the run's as_of, so a replayed week is judged as it was. It warns: old evidence is
-- weaker evidence, and the page says so, but a week without it would be worse.
{{ config(severity='warn') }}

select
    file,
    age_days,
    warn_after_days
from {{ ref('fct_source_quality') }}
where is_stale
