-- Self-assessment, then the manager's review, then a certificate, then evidence; each kept.
with runs as (
    select * from {{ ref('stg_policy__runs') }}
),

settings as (
    select * from {{ ref('stg_policy__settings') }}
),

reviews as (
    select distinct on (rep_id, skill) *
    from {{ ref('stg_crm__capabilities') }}
    -- Contradictory reviews: the latest counts.
    order by
        rep_id asc, skill asc, reviewed_on desc nulls last,
        manager_stars asc nulls last, self_stars asc nulls last
),

certificates as (
    select distinct on (certifications.rep_id, certifications.skill)
        certifications.rep_id,
        certifications.skill,
        certifications.certificate,
        certifications.valid_from,
        certifications.valid_to
    from {{ ref('stg_crm__certifications') }} as certifications
    inner join runs
        on
            coalesce(certifications.valid_from, '-infinity') <= runs.as_of_date
            and coalesce(certifications.valid_to, 'infinity') >= runs.as_of_date
    order by
        certifications.rep_id asc, certifications.skill asc,
        certifications.valid_to desc nulls first, certifications.certificate asc
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
),

starred as (
    select
        skills.rep_id,
        skills.skill,
        reviews.self_stars,
        reviews.manager_stars,
        reviews.reviewed_by,
        reviews.reviewed_on,
        certificates.certificate,
        certificates.valid_to as certified_until,
        evidence.verdict,
        evidence.won_deals,
        evidence.closed_deals,
        evidence.team_won_deals,
        evidence.team_closed_deals,
        coalesce(reviews.manager_stars, reviews.self_stars) as reviewed_stars,
        case
            when certificates.rep_id is not null then settings.certified_min_stars::integer
        end as certified_stars,
        case evidence.verdict
            when 'above_the_team' then 1
            when 'below_the_team' then -1
            else 0
        end as evidence_adjustment
    from skills
    cross join settings
    left join reviews
        on skills.rep_id = reviews.rep_id and skills.skill = reviews.skill
    left join certificates
        on skills.rep_id = certificates.rep_id and skills.skill = certificates.skill
    left join {{ ref('int_win_rates_compared') }} as evidence
        on skills.rep_id = evidence.rep_id and skills.skill = evidence.segment
),

certified as (
    select
        starred.*,
        -- greatest() ignores unknowns: a certificate alone is a star, and so is a review alone.
        greatest(starred.reviewed_stars, starred.certified_stars) as stars_before_evidence
    from starred
)

select
    rep_id,
    skill,
    self_stars,
    manager_stars,
    reviewed_by,
    reviewed_on,
    reviewed_stars,
    certificate,
    certified_until,
    stars_before_evidence,
    evidence_adjustment,
    case
        when verdict is null then 'no closed deals in the segment'
        else
            replace(verdict, '_', ' ')
            || ': won ' || won_deals || ' of ' || closed_deals
            || ', team ' || team_won_deals || ' of ' || team_closed_deals
    end as evidence_reason,
    -- Evidence moves a star that somebody gave; alone it gives none.
    case
        when stars_before_evidence is not null
            then least(3, greatest(1, stars_before_evidence + evidence_adjustment))
    end as stars
from certified
