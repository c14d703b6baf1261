with stars as (
    select * from {{ ref('int_stars_adjusted') }}
    where stars is not null
),

runs as (
    select * from {{ ref('stg_policy__runs') }}
),

settings as (
    select * from {{ ref('stg_policy__settings') }}
),

feedback as (
    select
        feedback.rep_id,
        count(*)::integer as answers,
        round(avg(feedback.score), 1) as mean_score
    from {{ ref('stg_crm__feedback') }} as feedback
    cross join runs
    cross join settings
    where
        feedback.given_on <= runs.as_of_date
        and feedback.given_on
        > runs.as_of_date - make_interval(months => settings.evidence_months::integer)
    group by feedback.rep_id
)

select
    stars.rep_id,
    stars.skill,
    runs.run_key,
    steps.step_order,
    steps.step,
    steps.stars_before,
    steps.stars_after,
    coalesce(steps.stars_after <> steps.stars_before, steps.stars_after is not null) as is_change,
    steps.changed_by,
    steps.changed_on,
    steps.reason,
    steps.note,
    jsonb_strip_nulls(steps.figures) as figures
from stars
cross join runs
cross join settings
left join feedback
    on stars.rep_id = feedback.rep_id
cross join
    lateral (
        values
        (
            1, 'self_assessment', null::integer, stars.self_stars, stars.rep_id, null::date,
            case when stars.self_stars is null then 'not_rated' else 'rated' end,
            null::text, '{}'::jsonb
        ),
        (
            2, 'manager_review', stars.self_stars, stars.reviewed_stars,
            stars.reviewed_by, stars.reviewed_on,
            case
                when stars.manager_stars is null then 'not_reviewed'
                when stars.manager_stars > stars.self_stars then 'raised'
                when stars.manager_stars < stars.self_stars then 'lowered'
                when stars.self_stars is null then 'rated'
                else 'confirmed'
            end,
            stars.note, '{}'::jsonb
        ),
        (
            3, 'certificate', stars.reviewed_stars, stars.stars_before_evidence,
            stars.certificate, stars.certified_on,
            case
                when stars.is_certificate_valid then 'in_date'
                when stars.certified_on > runs.as_of_date then 'not_yet_valid'
                when stars.is_certificate_valid is null then 'no_certificate'
                else 'out_of_date'
            end,
            null::text, jsonb_build_object('valid_to', stars.certified_until)
        ),
        (
            4, 'win_rate', stars.stars_before_evidence, stars.stars_after_win_rate,
            null::text, runs.as_of_date, coalesce(stars.win_verdict, 'no_deals'), null::text,
            jsonb_build_object(
                'won', stars.won_deals, 'closed', stars.closed_deals,
                'team_won', stars.team_won_deals, 'team_closed', stars.team_closed_deals,
                'prior_deals', settings.evidence_prior_deals,
                'shrunk_rate', stars.shrunk_win_rate
            )
        ),
        (
            5, 'deal_size', stars.stars_after_win_rate, stars.stars_after_deal_size,
            null::text, runs.as_of_date, coalesce(stars.size_verdict, 'moves_no_star'), null::text,
            jsonb_build_object(
                'deals', stars.sized_deals, 'mean', stars.mean_won_amount,
                'team_mean', stars.team_mean_won_amount, 'shrunk_mean', stars.shrunk_won_amount
            )
        ),
        (
            6, 'customer_feedback', stars.stars_after_deal_size, stars.stars_after_deal_size,
            null::text, runs.as_of_date,
            case when feedback.answers is null then 'no_answers' else 'moves_no_star' end,
            null::text,
            jsonb_build_object('answers', feedback.answers, 'mean_0_10', feedback.mean_score)
        ),
        (
            7, 'tenure', stars.stars_after_deal_size, stars.stars,
            null::text, runs.as_of_date,
            case
                when stars.tenure_months is null then 'unknown'
                when stars.most_stars_by_tenure is not null then 'too_short_for_three_stars'
                when coalesce(settings.full_stars_min_months, 0) = 0 then 'moves_no_star'
                else 'long_enough'
            end,
            null::text, jsonb_build_object('months', stars.tenure_months)
        )
    ) as steps (
        step_order, step, stars_before, stars_after, changed_by, changed_on, reason, note, figures
    )
