with source as (
    {{ visible_rows('capability') }}
),

renamed as (
    select
        {{ text('rep_id') }} as rep_id,
        {{ text('skill') }} as skill,
        {{ whole('self_stars') }} as self_stars,
        {{ whole('manager_stars') }} as manager_stars,
        {{ text('reviewed_by') }} as reviewed_by,
        {{ day('reviewed_on') }} as reviewed_on,
        {{ text('note') }} as note
    from source
)

select * from renamed
