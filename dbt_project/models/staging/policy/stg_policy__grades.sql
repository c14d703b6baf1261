with source as (
    {{ policy_rows('policy_grades') }}
)

select
    grade,
    min_score
from source
