"""Leads of the synthetic organisation: companies that cannot be mistaken for real ones, and scores.

Every text says that it is made up: companies start with 合成-, mail addresses end in .invalid
(reserved by RFC 2606), phone numbers start with 000.
"""

from datetime import datetime, timedelta, timezone
from random import Random

ZONE = timezone(timedelta(hours=8))  # Asia/Shanghai, which has no summer time
BANDS = {"enterprise": (15, 18), "mid_market": (10, 14), "smb": (6, 9)}
# Share of leads; then close rate %, mean deal value and days to close (document 0's benchmarks;
# the last two industries have no benchmark there and lie between them).
INDUSTRIES = {
    "saas": (30, 22, 1_850_000, 83),
    "healthcare": (15, 18, 5_200_000, 127),
    "financial_services": (12, 15, 6_800_000, 142),
    "manufacturing": (25, 25, 3_400_000, 96),
    "retail": (10, 20, 1_500_000, 80),
    "education": (8, 20, 1_200_000, 90),
}
INDUSTRY_NAMES = tuple(INDUSTRIES)
_INDUSTRY_SHARES = tuple(figures[0] for figures in INDUSTRIES.values())
REGIONS = ("华东", "华北", "华南", "西南")
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国文博子涵雨欣浩宇梓晨思远"
_WORDS = (
    "星河云海晨曦远景蓝天青山明月长风东升南极北辰西岭金石木林水源火炬土川春华秋实夏木冬青千里万象百川"
    "九鼎三江五岳七彩八方六合四通一鸣双龙"
)
_PAIRS = tuple(_WORDS[i : i + 2] for i in range(0, len(_WORDS) - 1, 2))
_KINDS = (
    "科技",
    "软件",
    "医疗",
    "金服",
    "制造",
    "商贸",
    "教育",
    "数据",
    "网络",
    "智能",
    "物流",
    "能源",
)
_KINDS_BY_INDUSTRY = {
    "saas": ("软件", "数据", "网络", "智能"),
    "healthcare": ("医疗",),
    "financial_services": ("金服",),
    "manufacturing": ("制造", "能源"),
    "retail": ("商贸", "物流"),
    "education": ("教育",),
}
_SOURCES = (
    ("website", "inbound"),
    ("event", "inbound"),
    ("partner", "inbound"),
    ("cold_call", "outbound"),
)
_PRODUCTS = {"enterprise": "平台旗舰版", "mid_market": "平台专业版", "smb": "平台基础版"}
_VALUES = {
    "enterprise": (2_000, 9_000),
    "mid_market": (500, 1_900),
    "smb": (50, 450),
}  # thousand CNY
_TITLES = {"economic_buyer": "总经理", "influencer": "部门总监", "end_user": "专员"}

Lead = dict[str, str]


def company(index: int, industry: str) -> str:
    """A company name; different for every index below some millions."""
    index, first = divmod(index, len(_PAIRS))
    number, second = divmod(index, len(_PAIRS))
    kinds = _KINDS_BY_INDUSTRY[industry]
    tail = f"{number}号" if number else ""
    return f"合成-{_PAIRS[first]}{_PAIRS[second]}{tail}{kinds[(first + second) % len(kinds)]}"


def person(random: Random) -> str:
    given = GIVEN[int(random.random() * len(GIVEN))]
    if random.random() < 0.6:
        given += GIVEN[int(random.random() * len(GIVEN))]
    return SURNAMES[int(random.random() * len(SURNAMES))] + given


def stamp(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def points(random: Random, total: int) -> list[int]:
    """Six factors of 1–3 points that sum to `total` (6–18)."""
    factors = [1] * 6
    for _ in range(total - 6):
        place = int(random.random() * 6)
        while factors[place] == 3:
            place = (place + 1) % 6
        factors[place] += 1
    return factors


def lead(random: Random, number: int, band: str, company_index: int, created: datetime) -> Lead:
    """A lead of the band, status new, whose factors add up to a score of the band.

    Of the values that score 1 about half are unknown (empty): a lead's missing data must show.
    """
    low, high = BANDS[band]
    total = low + int(random.random() * (high - low + 1))
    size, budget, authority, need, timing, engagement = points(random, total)
    industry = random.choices(INDUSTRY_NAMES, _INDUSTRY_SHARES)[0]
    source, channel = _SOURCES[int(random.random() * len(_SOURCES))]
    least, most = _VALUES[band]
    value = 1000 * (least + int(random.random() * (most - least)))
    explicit = budget == 3 or (budget == 2 and random.random() < 0.5)
    known = random.random() < 0.5
    who = ("end_user" if known else "", "influencer", "economic_buyer")[authority - 1]
    row = {
        "lead_id": f"L{number:06d}",
        "created_at": stamp(created),
        "source": source,
        "channel": channel,
        "company": company(company_index, industry),
        "employees": _employees(random, size, known),
        "industry": industry,
        "region": REGIONS[int(random.random() * len(REGIONS))],
        "contact_name": person(random),
        "contact_title": _TITLES.get(who, ""),
        "email": f"lead{number:06d}@synthetic.invalid",
        "phone": f"000-{number // 10_000:04d}-{number % 10_000:04d}",
        "budget_status": "explicit"
        if explicit
        else ("unknown" if known else "", "implied")[budget > 1],
        "budget_cny": _budget(random, budget) if explicit else "",
        "authority": who,
        "need": ("exploratory" if known else "unknown", "active", "urgent")[need - 1],
        "timing": ("open" if known else "", "estimate", "explicit")[timing - 1],
        "engagement": ("visit" if known else "none", "download", "demo")[engagement - 1],
        "lead_type": "new",
        "product": _PRODUCTS[band],
        "expected_acv_cny": str(value),
        "referrer": "none",
        "status": "new",
    }
    if random.random() < 0.05:
        row["lead_type"] = "upsell"
        row["existing_arr_cny"] = str(1000 * (200 + int(random.random() * 1_800)))
    return row


def new_leads(
    random: Random, count: int, first: int, company_first: int, monday: datetime
) -> list[Lead]:
    """The week's intake: 10% enterprise, 40% mid-market, the rest SMB, in random order.

    Created between the Monday before and the night before `monday` (local midnight).
    """
    enterprise, mid_market = count // 10, count * 4 // 10
    bands = ["enterprise"] * enterprise + ["mid_market"] * mid_market
    bands += ["smb"] * (count - len(bands))
    random.shuffle(bands)
    minutes = sorted(int(random.random() * 7 * 24 * 60) for _ in bands)
    start = monday - timedelta(days=7)
    return [
        lead(random, first + i, band, company_first + i, start + timedelta(minutes=minute))
        for i, (band, minute) in enumerate(zip(bands, minutes, strict=True))
    ]


def _employees(random: Random, points: int, known: bool) -> str:
    if points == 1:
        return str(5 + int(random.random() * 94)) if known else ""
    low, high = ((100, 999), (1_000, 20_000))[points - 2]
    return str(low + int(random.random() * (high - low + 1)))


def _budget(random: Random, points: int) -> str:
    low, high = (1_000, 9_000) if points == 3 else (100, 999)
    return str(1000 * (low + int(random.random() * (high - low))))
