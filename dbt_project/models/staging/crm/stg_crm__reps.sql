with source as (
    {{ visible_rows('reps') }}
),

renamed as (
    select
        rep_id,
        {{ text('name') }} as name,
        {{ text('email') }} as email,
        {{ text('role') }} as role,
        {{ day('hired_on') }} as hired_on,
        {{ text('manager_id') }} as manager_id,
        {{ text('region') }} as region,
        {{ text('office') }} as office,
        {{ flag('active') }} as is_active,
        {{ day('away_from') }} as away_from,
        {{ day('away_to') }} as away_to,
        {{ money('quota_cny') }} as quota_cny,
        {{ money('attained_cny') }} as attained_cny,
        {{ text('quarter') }} as quarter,
        {{ text('wecom_id') }} as wecom_id,
        {{ text('dingtalk_id') }} as dingtalk_id,
        {{ text('feishu_id') }} as feishu_id,
        ({{ text('fte') }})::numeric as fte,
        {{ day('left_on') }} as left_on,
        {{ text('timezone') }} as timezone,
        {{ text('delegate_id') }} as delegate_id
    from source
)

select * from renamed
