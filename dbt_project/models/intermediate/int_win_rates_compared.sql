-- Rates are compared as products of counts, so that no rounding decides about a star.
with settings as (
    select * from {{ ref('stg_policy__settings') }}
),

rep_segments as (
    select
        owner_id as rep_id,
        segment,
        count(*)::integer as closed_deals,
        (count(*) filter (where is_won))::integer as won_deals
    from {{ ref('int_deals_segmented') }}
    group by owner_id, segment
),

team_segments as (
    select
        segment,
        sum(closed_deals) as team_closed_deals,
        sum(won_deals) as team_won_deals
    from rep_segments
    group by segment
)

select
    rep_segments.rep_id,
    rep_segments.segment,
    rep_segments.closed_deals,
    rep_segments.won_deals,
    team_segments.team_closed_deals::integer as team_closed_deals,
    team_segments.team_won_deals::integer as team_won_deals,
    case
        when rep_segments.closed_deals < settings.evidence_min_deals then 'too_few_deals'
        -- Where nobody has won, every rate equals the team's: no evidence either way.
        when team_segments.team_won_deals = 0 then 'as_the_team'
        when
            rep_segments.won_deals * team_segments.team_closed_deals * 100
            >= settings.evidence_up_pct
            * team_segments.team_won_deals * rep_segments.closed_deals
            then 'above_the_team'
        when
            rep_segments.won_deals * team_segments.team_closed_deals * 100
            <= settings.evidence_down_pct
            * team_segments.team_won_deals * rep_segments.closed_deals
            then 'below_the_team'
        else 'as_the_team'
    end as verdict
from rep_segments
inner join team_segments
    on rep_segments.segment = team_segments.segment
cross join settings
