with source as (
    {{ visible_rows('surveys') }}
),

renamed as (
    select
        {{ text('rep_id') }} as rep_id,
        {{ day('asked_on') }} as asked_on,
        {{ text('question') }} as question,
        ({{ text('score') }})::numeric as score,
        {{ whole('scale') }} as scale
    from source
)

select * from renamed
