with source as (
    {{ visible_rows('touches') }}
),

renamed as (
    select
        touch_id,
        {{ text('lead_id') }} as lead_id,
        {{ text('rep_id') }} as rep_id,
        {{ moment('at') }} as touched_at,
        {{ text('kind') }} as kind,
        {{ text('key_action') }} as key_action
    from source
)

select * from renamed
