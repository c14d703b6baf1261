with source as (
    {{ visible_rows('certifications') }}
),

renamed as (
    select
        {{ text('rep_id') }} as rep_id,
        {{ text('skill') }} as skill,
        {{ text('certificate') }} as certificate,
        {{ day('valid_from') }} as valid_from,
        {{ day('valid_to') }} as valid_to
    from source
)

select * from renamed
