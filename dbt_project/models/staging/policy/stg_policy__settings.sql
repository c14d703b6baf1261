with source as (
    {{ policy_rows('policy_settings') }}
),

pivoted as (
    select
        (max(value) filter (where name = 'stalled_days'))::numeric as stalled_days,
        (max(value) filter (where name = 'certified_min_stars'))::numeric as certified_min_stars,
        (max(value) filter (where name = 'evidence_min_deals'))::numeric as evidence_min_deals,
        (max(value) filter (where name = 'evidence_months'))::numeric as evidence_months,
        (max(value) filter (where name = 'evidence_up_pct'))::numeric as evidence_up_pct,
        (max(value) filter (where name = 'evidence_down_pct'))::numeric as evidence_down_pct,
        (max(value) filter (where name = 'evidence_prior_deals'))::numeric as evidence_prior_deals,
        (max(value) filter (where name = 'deal_size_skills'))::jsonb as deal_size_skills,
        (max(value) filter (where name = 'full_stars_min_months'))::numeric
            as full_stars_min_months,
        (max(value) filter (where name = 'high_value_min_amount'))::numeric
            as high_value_min_amount,
        (max(value) filter (where name = 'first_touch_h'))::jsonb as first_touch_h
    from source
)

select * from pivoted
