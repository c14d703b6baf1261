with source as (
    {{ visible_rows('opportunities') }}
),

renamed as (
    select
        opportunity_id,
        {{ text('lead_id') }} as lead_id,
        {{ text('account') }} as account,
        {{ text('owner_id') }} as owner_id,
        {{ text('stage') }} as stage,
        {{ money('amount_cny') }} as amount_cny,
        {{ day('created_on') }} as created_on,
        {{ day('stage_entered_on') }} as stage_entered_on,
        {{ day('closed_on') }} as closed_on,
        {{ whole('employees') }} as employees,
        {{ text('industry') }} as industry,
        {{ text('region') }} as region,
        {{ text('lead_type') }} as lead_type,
        {{ text('lead_source') }} as lead_source
    from source
)

select * from renamed
