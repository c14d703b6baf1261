with source as (
    {{ visible_rows('conflicts') }}
),

renamed as (
    select
        {{ text('rep_id') }} as rep_id,
        {{ text('company') }} as company,
        {{ text('reason') }} as reason
    from source
)

select * from renamed
