with source as (
    {{ visible_rows('absences') }}
),

renamed as (
    select
        {{ text('rep_id') }} as rep_id,
        {{ day('"from"') }} as away_from,
        {{ day('"to"') }} as away_to
    from source
)

select * from renamed
