with source as (
    {{ policy_rows('policy_size_bands') }}
)

select
    min_amount,
    weight_x100
from source
