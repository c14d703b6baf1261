"""Who got what before a policy, by hand-computed figures, and what must not be shown."""

from fractions import Fraction

from allocation.baseline import Person, baseline, shown_groups

YEAR = {"days": 360, "months": 12}


def people(*leads: int, role: str = "AE", **more) -> list[Person]:
    return [Person(role, 360, leads=n, **more) for n in leads]


def test_bands_are_document_0s_top_middle_and_bottom():
    # 50 reps: 10 with 288 leads a year, 30 with 108, 10 with 48: 24, 9 and 4 a month.
    team = people(*[288] * 10, *[108] * 30, *[48] * 10, quota=100, attained=90)
    for person in team:
        person.won, person.closed, person.valued, person.won_amount = 1, 4, 1, person.leads * 1000
    found = baseline(team, **YEAR, dimensions=())["bands"]
    assert [row["leads_a_month"] for row in found] == ["24/1", "9/1", "4/1"]
    assert [row["deal_size"] for row in found] == [288_000, 108_000, 48_000]
    assert [row["reps"] for row in found] == [10, 30, 10]
    assert found[0]["share"] == str(Fraction(2880, 2880 + 3240 + 480))
    assert {row["win_rate"] for row in found} == {"1/4"}
    assert {row["attainment"] for row in found} == {"9/10"}


def test_small_bands_keep_their_leads_and_lose_what_is_private():
    team = people(*range(1, 25), quota=100, attained=50)
    found = baseline(team, **YEAR, dimensions=())["bands"]
    # Four at the top and four at the bottom: with the middle shown, those eight could be seen.
    assert [row["reps"] for row in found] == [4, 16, 4]
    assert {row["attainment"] for row in found} == {"withheld"}
    assert found[0]["leads_a_month"] == str(Fraction(24 + 23 + 22 + 21, 48))


def test_a_rep_who_was_there_for_half_a_year_is_compared_by_the_month():
    team = [Person("AE", 360, leads=12), Person("AE", 180, leads=12)]
    total = baseline(team, **YEAR, dimensions=())["total"]
    assert total["leads_a_month"] == str(Fraction(24, 18))
    assert baseline([Person("AE", 20, leads=9)], **YEAR, dimensions=())["too_new"] == 1


def test_what_is_unknown_is_empty_and_never_zero():
    found = baseline(people(1, 2, 3, 4, 5), **YEAR, dimensions=("region",))
    row = found["bands"][1]
    assert (row["reps"], row["leads"]) == (3, 9)
    assert found["total"]["attainment"] == found["total"]["win_rate"] == ""
    assert found["groups"]["region"] == {"shown": [], "withheld": ["unknown"]}
    assert baseline([], **YEAR, dimensions=())["total"]["leads_a_month"] == ""


def test_one_small_group_takes_the_next_larger_with_it():
    assert shown_groups({"north": 30, "south": 12, "west": 3}) == ["north"]
    assert shown_groups({"north": 30, "south": 12, "west": 6, "east": 5}) == ["north", "south"]
    assert shown_groups({"north": 30, "south": 12, "west": 4, "east": 5}) == ["north"]
    assert shown_groups({"north": 30, "south": 12}) == ["north", "south"]
    assert shown_groups({"north": 9}) == []


def test_a_group_is_also_compared_with_what_its_roles_get():
    # Remote people are SDRs, who get twice what AEs get: compared with their role they get 1.
    team = [
        *people(*[120] * 20, role="AE", groups={"office": "office"}),
        *people(*[240] * 20, role="SDR", groups={"office": "remote"}),
    ]
    shown = baseline(team, **YEAR, dimensions=("office",))["groups"]["office"]["shown"]
    by_name = {row["group"]: row for row in shown}
    assert by_name["remote"]["leads_a_month"] == "20/1"
    assert by_name["remote"]["against_role"] == by_name["office"]["against_role"] == "1/1"


def test_inequality_is_told_for_all_and_for_roles_that_are_large_enough():
    found = baseline(
        [*people(*[10] * 8, 20, 100, role="AE"), *people(5, role="AM")], **YEAR, dimensions=()
    )["inequality"]
    everyone, ae, am = found
    assert (everyone["role"], everyone["reps"], am["withheld"]) == ("all", 11, "yes")
    assert ae["leads"] == str(Fraction(120, 200))
    assert "gini" not in am


def test_tenths_go_from_the_most_to_the_least():
    found = baseline(people(*range(12, 252, 12)), **YEAR, dimensions=())["tenths"]
    assert found == [f"{n}/2" for n in range(39, 0, -4)]
