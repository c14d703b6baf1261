-- A rep's win rate and deal size beside the team's, each drawn toward the team's by the policy's
-- prior: the mean of the beta distribution with (prior x team rate) wins and (prior x the rest)
-- losses before the rep's own. Compared as products, so that no rounding decides about a star.
with settings as (
    select
        *,
        coalesce(evidence_prior_deals, 0) as prior_deals
    from {{ ref('stg_policy__settings') }}
),

rep_segments as (
    select
        owner_id as rep_id,
        segment,
        count(*)::integer as closed_deals,
        (count(*) filter (where is_won))::integer as won_deals,
        (count(amount_cny) filter (where is_won))::integer as sized_deals,
        coalesce(sum(amount_cny) filter (where is_won), 0) as won_amount
    from {{ ref('int_deals_segmented') }}
    group by owner_id, segment
),

team_segments as (
    select
        segment,
        sum(closed_deals) as team_closed_deals,
        sum(won_deals) as team_won_deals,
        sum(sized_deals) as team_sized_deals,
        sum(won_amount) as team_won_amount
    from rep_segments
    group by segment
),

-- Numerators over the common denominator (deals + prior) x the team's deals.
shrunk as (
    select
        rep_segments.*,
        team_segments.team_closed_deals,
        team_segments.team_won_deals,
        team_segments.team_sized_deals,
        team_segments.team_won_amount,
        settings.evidence_min_deals,
        settings.evidence_up_pct,
        settings.evidence_down_pct,
        rep_segments.won_deals * team_segments.team_closed_deals
        + settings.prior_deals * team_segments.team_won_deals as win_part,
        (rep_segments.closed_deals + settings.prior_deals) * team_segments.team_closed_deals
            as win_whole,
        (rep_segments.closed_deals + settings.prior_deals) * team_segments.team_won_deals
            as team_win_part,
        rep_segments.won_amount * team_segments.team_sized_deals
        + settings.prior_deals * team_segments.team_won_amount as size_part,
        (rep_segments.sized_deals + settings.prior_deals) * team_segments.team_sized_deals
            as size_whole,
        (rep_segments.sized_deals + settings.prior_deals) * team_segments.team_won_amount
            as team_size_part
    from rep_segments
    inner join team_segments
        on rep_segments.segment = team_segments.segment
    cross join settings
)

select
    rep_id,
    segment,
    closed_deals,
    won_deals,
    sized_deals,
    team_closed_deals::integer as team_closed_deals,
    team_won_deals::integer as team_won_deals,
    team_sized_deals::integer as team_sized_deals,
    round(win_part / win_whole, 4) as shrunk_win_rate,
    round(won_amount / nullif(sized_deals, 0)) as mean_won_amount,
    round(team_won_amount / nullif(team_sized_deals, 0)) as team_mean_won_amount,
    round(size_part / nullif(size_whole, 0)) as shrunk_won_amount,
    case
        when closed_deals < evidence_min_deals then 'too_few_deals'
        -- Where nobody has won, every rate equals the team's: no evidence either way.
        when team_won_deals = 0 then 'as_the_team'
        when win_part * 100 >= evidence_up_pct * team_win_part then 'above_the_team'
        when win_part * 100 <= evidence_down_pct * team_win_part then 'below_the_team'
        else 'as_the_team'
    end as verdict,
    case
        when sized_deals < evidence_min_deals then 'too_few_deals'
        when team_won_amount = 0 then 'as_the_team'
        when size_part * 100 >= evidence_up_pct * team_size_part then 'above_the_team'
        when size_part * 100 <= evidence_down_pct * team_size_part then 'below_the_team'
        else 'as_the_team'
    end as size_verdict
from shrunk
