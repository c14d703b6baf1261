with source as (
    {{ visible_rows('feedback') }}
),

renamed as (
    select
        {{ text('rep_id') }} as rep_id,
        {{ text('account') }} as account,
        {{ day('"on"') }} as given_on,
        ({{ text('score_0_10') }})::numeric as score
    from source
)

select * from renamed
