with source as (
    {{ visible_rows('leads') }}
),

renamed as (
    select
        lead_id,
        {{ moment('created_at') }} as created_at,
        {{ text('lead_source') }} as lead_source,
        {{ text('channel') }} as channel,
        {{ text('company') }} as company,
        {{ whole('employees') }} as employees,
        {{ text('industry') }} as industry,
        {{ text('region') }} as region,
        {{ text('contact_name') }} as contact_name,
        {{ text('contact_title') }} as contact_title,
        {{ text('email') }} as email,
        {{ text('phone') }} as phone,
        {{ text('budget_status') }} as budget_status,
        {{ money('budget_cny') }} as budget_cny,
        {{ text('authority') }} as authority,
        {{ text('need') }} as need,
        {{ text('timing') }} as timing,
        {{ text('engagement') }} as engagement,
        {{ text('lead_type') }} as lead_type,
        {{ money('existing_arr_cny') }} as existing_arr_cny,
        {{ text('product') }} as product,
        {{ money('expected_acv_cny') }} as expected_acv_cny,
        {{ text('requested_rep_id') }} as requested_rep_id,
        {{ text('account_owner_id') }} as account_owner_id,
        {{ text('referrer') }} as referrer,
        {{ text('referral_rep_id') }} as referral_rep_id,
        {{ text('status') }} as status,
        {{ text('owner_id') }} as owner_id,
        {{ moment('assigned_at') }} as assigned_at,
        {{ moment('first_touch_at') }} as first_touch_at,
        {{ whole('manual_stars') }} as manual_stars,
        {{ flag('do_not_contact') }} as is_do_not_contact,
        {{ text('co_owner_ids') }} as co_owner_ids
    from source
)

select * from renamed
