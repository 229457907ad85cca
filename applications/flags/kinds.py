"""The table of what can be noticed: what each kind is called, whether it must be dealt with, and its sentence."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from applications.declared import places_of
from applications.models import Fingerprint
from measures import contradictions
from measures.declaration import BEFORE, EXPENSE, FROM, UNTIL
from measures.item import Item
from measures.official import FIGURE

from . import sentences

FIGURES_DIFFER, DISCREDITED, LATE = "figures_differ", "discredited", "late"
JUMP, JUST_REACHED, YOUNG = "jump", "just_reached", "young"
OUTSIDE_WINDOW, OUTSIDE_YEAR = "outside_window", "outside_year"
SAME_ACCOUNT, SAME_CONTACT = "same_account", "same_contact"
#: Events of a claim: what settlements notice, and what reviewers say to it.
RAISED, REFRESHED, LIFTED = "claim.flag_raised", "claim.flag_changed", "claim.flag_lifted"
DISMISSED = "claim.flag_dismissed"
#: None of them is shown to the enterprise.
FLAG_EVENTS = frozenset({RAISED, REFRESHED, LIFTED, DISMISSED})


@dataclass(frozen=True)
class FlagKind:
    """One kind of flag.

    `sentence(data, rule)` makes the sentence of a flag from what it rests on; `concerns(rule)` says whether a claim for
    the item can carry it. A `hard` flag has to be dealt with before the claim is approved.
    """

    title: str
    sentence: Callable
    concerns: Callable
    hard: bool = False


def reuse_kind(trace, *, own):
    """The kind of flag that says that a claim of another firm, or another claim of the same, has the same fingerprint."""
    return f"same_{trace}_own" if own else f"same_{trace}"


def _any_money_item(rule):
    return not rule.support


def _takes_figures(rule):
    return any(each.kind == FIGURE for each in rule.official)


def _takes_figures_of_the_year(rule):
    return any(each.kind == FIGURE and not each.years_back for each in rule.official)


def _has_thresholds(rule):
    own = type(rule).thresholds is not Item.thresholds
    return own or any(official.least is not None for official in rule.bounded)


def _declares(kind):
    return lambda rule: any(check.kind == kind for check in rule.contradictions)


def _dates(*roles):
    return lambda rule: any(place.field.date_role in roles for place in places_of(rule, "date_role"))


def _numbers(kind):
    return lambda rule: any(place.field.fingerprint == kind for place in places_of(rule, "fingerprint"))


def _contradictions():
    table = (
        (contradictions.LANDED_ABOVE_IMPORTS, "落地额大于进口额", sentences.above),
        (contradictions.SITE_ABOVE_TRADE, "独立站交易额大于官方数", sentences.above),
        (contradictions.EXPORTS_OUTSIDE_LIMIT, "出口额不在申报范围", sentences.outside),
        (contradictions.PREMIUM_WITHOUT_EXPORTS, "没有出口却有保费", sentences.no_exports),
        (contradictions.MARKET_WITHOUT_EXPORTS, "承保市场没有出口", sentences.no_market),
    )
    return {kind: FlagKind(title, sentence, _declares(kind)) for kind, title, sentence in table}


#: What can be found in two claims, as titles call it.
_PAPERS = {"file": "文件", "invoice": "发票", "policy": "保险单", "declaration": "报关单", "loan": "贷款"}


def _reuse(*, own):
    """Across firms somebody has to look before the claim is approved; within one there may be a good reason."""
    whose = "本企业另一件申报也用了" if own else "其他企业也用了"
    found = {}
    for trace, paper in _PAPERS.items():
        sentence = sentences.same_file if trace == Fingerprint.Kind.FILE else sentences.same_number
        concerns = _any_money_item if trace == Fingerprint.Kind.FILE else _numbers(trace)
        kind = FlagKind(f"{whose}同一{paper}", partial(sentence, own=own), concerns, hard=not own)
        found[reuse_kind(trace, own=own)] = kind
    return found


#: Every kind, in the order in which a claim's flags are shown.
KINDS = {
    DISCREDITED: FlagKind("失信企业", sentences.discredited, _any_money_item, hard=True),
    **_reuse(own=False),
    **_contradictions(),
    FIGURES_DIFFER: FlagKind("年度数与月度合计不同", sentences.differ, _takes_figures),
    OUTSIDE_YEAR: FlagKind("贷款或保险不在年度内", sentences.outside_year, _dates(FROM, UNTIL, BEFORE)),
    OUTSIDE_WINDOW: FlagKind("费用日期不在范围内", sentences.outside_window, _dates(EXPENSE)),
    **_reuse(own=True),
    SAME_ACCOUNT: FlagKind("与其他企业同一账户", sentences.shared, _any_money_item),
    SAME_CONTACT: FlagKind("与其他企业联系方式相同", sentences.shared, _any_money_item),
    YOUNG: FlagKind("成立不满一年", sentences.young, _any_money_item),
    JUMP: FlagKind("数据大幅增长", sentences.jump, _takes_figures_of_the_year),
    JUST_REACHED: FlagKind("刚刚达到条件", sentences.just_reached, _has_thresholds),
    LATE: FlagKind("逾期提交", sentences.late, _any_money_item),
}
_ORDER = {kind: position for position, kind in enumerate(KINDS)}


def in_order(flags):
    """Flags in the order of the table."""
    return sorted(flags, key=lambda flag: (_ORDER[flag.kind], flag.key, flag.pk))


def flag_title(kind):
    """What a kind of flag is called, in a few words."""
    return KINDS[kind].title


def flag_sentence(kind, data, rule):
    """What was noticed, with its numbers, for a claim of the item `rule`."""
    return KINDS[kind].sentence(data, rule)
