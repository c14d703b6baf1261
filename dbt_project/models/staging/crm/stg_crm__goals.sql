with source as (
    {{ visible_rows('goals') }}
),

renamed as (
    select
        {{ text('rep_id') }} as rep_id,
        {{ text('skill') }} as skill,
        {{ day('asked_on') }} as asked_on,
        {{ text('note') }} as note
    from source
)

select * from renamed
