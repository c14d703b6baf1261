-- Self-assessment, the manager's review, a certificate, win rate, deal size, tenure; each kept.
with settings as (
    select * from {{ ref('stg_policy__settings') }}
),

-- Of several reviews the latest by the run's day counts, of one day the lower; one dated after it
-- only where there is no other.
reviews as (
    select distinct on (reviewed.rep_id, reviewed.skill) reviewed.*
    from {{ ref('stg_crm__capabilities') }} as reviewed
    cross join {{ ref('stg_policy__runs') }} as runs
    order by
        reviewed.rep_id asc, reviewed.skill asc,
        coalesce(reviewed.reviewed_on > runs.as_of_date, false) asc,
        reviewed.reviewed_on desc nulls last, reviewed.manager_stars asc nulls last,
        reviewed.self_stars asc nulls last, reviewed.reviewed_by asc nulls last
),

certificates as (
    select * from {{ ref('int_certificates_dated') }}
),

tenures as (
    select
        reps.rep_id,
        {{ full_months('reps.hired_on', 'runs.as_of_date') }} as tenure_months
    from {{ ref('stg_crm__reps') }} as reps
    inner join {{ ref('stg_policy__runs') }} as runs
        on reps.hired_on <= runs.as_of_date
),

skills as (
    select
        rep_id,
        skill
    from reviews
    union distinct
    select
        rep_id,
        skill
    from certificates
    where is_valid
),

starred as (
    select
        skills.rep_id,
        skills.skill,
        reviews.self_stars,
        reviews.manager_stars,
        reviews.reviewed_by,
        reviews.reviewed_on,
        reviews.note,
        certificates.certificate,
        certificates.valid_from as certified_on,
        certificates.valid_to as certified_until,
        certificates.is_valid as is_certificate_valid,
        evidence.verdict as win_verdict,
        evidence.won_deals,
        evidence.closed_deals,
        evidence.team_won_deals,
        evidence.team_closed_deals,
        evidence.shrunk_win_rate,
        evidence.sized_deals,
        evidence.mean_won_amount,
        evidence.team_mean_won_amount,
        evidence.shrunk_won_amount,
        tenures.tenure_months,
        coalesce(reviews.manager_stars, reviews.self_stars) as reviewed_stars,
        case when certificates.is_valid then settings.certified_min_stars::integer end
            as certified_stars,
        case
            when settings.deal_size_skills @> to_jsonb(skills.skill) then evidence.size_verdict
        end as size_verdict,
        case when tenures.tenure_months < settings.full_stars_min_months then 2 end
            as most_stars_by_tenure
    from skills
    cross join settings
    left join reviews
        on skills.rep_id = reviews.rep_id and skills.skill = reviews.skill
    left join certificates
        on skills.rep_id = certificates.rep_id and skills.skill = certificates.skill
    left join {{ ref('int_deals_compared') }} as evidence
        on skills.rep_id = evidence.rep_id and skills.skill = evidence.segment
    left join tenures
        on skills.rep_id = tenures.rep_id
),

adjusted as (
    select
        starred.*,
        -- greatest() ignores unknowns: a certificate alone is a star, and so is a review alone.
        greatest(starred.reviewed_stars, starred.certified_stars) as stars_before_evidence,
        {{ star_moved_by('starred.win_verdict') }} as win_adjustment,
        -- Win rate and deal size together move one star at most.
        sign(
            {{ star_moved_by('starred.win_verdict') }} + {{ star_moved_by('starred.size_verdict') }}
        )::integer as evidence_adjustment
    from starred
)

select
    *,
    -- Evidence moves a star that somebody gave; alone it gives none.
    {{ stars_within_reach('stars_before_evidence + win_adjustment') }} as stars_after_win_rate,
    {{ stars_within_reach('stars_before_evidence + evidence_adjustment') }}
        as stars_after_deal_size,
    case
        when win_verdict is null then 'no closed deals in the segment'
        else
            replace(win_verdict, '_', ' ')
            || ': won ' || won_deals || ' of ' || closed_deals
            || ', team ' || team_won_deals || ' of ' || team_closed_deals
    end as evidence_reason,
    least(
        {{ stars_within_reach('stars_before_evidence + evidence_adjustment') }},
        case when stars_before_evidence is not null then most_stars_by_tenure end
    ) as stars
from adjusted
