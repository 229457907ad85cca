"""`/console/rules/`: the twelve measures as the system runs them, for whoever answers for the result."""

from decimal import Decimal

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.roles import Role
from measures import registry
from measures.case import LEVEL_LABELS
from measures.declaration import Rows
from measures.item import CITY
from measures.money import in_wan
from measures.official import FIGURE
from measures.readings import MONEY_ITEMS, READINGS, readings_for
from review.console.access import office_page

#: What each named constant of a rule is, and how it is written.
YUAN, DOLLARS, SHARE, POINTS, FIRMS, DAYS = "元", "美元", "%", "百分点", "家", "个工作日"
NUMBERS = {
    "THRESHOLD": ("门槛，不低于", YUAN),
    "UNIT": ("计奖单位，每满", YUAN),
    "REWARD_PER_UNIT": ("每个计奖单位奖励", YUAN),
    "REWARDS": ("一次性奖励", YUAN),
    "LEAST_FIRMS": ("服务企业，不少于", FIRMS),
    "LEAST_TRADE": ("代办进出口额，不低于", YUAN),
    "LANDING_SHARE": ("落地率，高于", SHARE),
    "MOST_EXPORTS_USD": ("出口额，不高于", DOLLARS),
    "LEAST_EXPORTS_USD": ("上年出口额，不低于", DOLLARS),
    "RATE": ("补贴比例", SHARE),
    "RATE_LIMIT": ("补贴比例，不高于", SHARE),
    "RAISE": ("每符合一种情形上调", POINTS),
    "FLAT_RATE": ("农产品出口企业的补贴比例", SHARE),
    "CAP": ("上限", YUAN),
    "CAP_INTRODUCED": ("当年引进企业的上限", YUAN),
    "TARGET_DAYS": ("平均办理时限", DAYS),
    "TARGET_DAYS_ZONE": ("自贸区企业的平均办理时限", DAYS),
}


@require_safe
@office_page(*Role)
def rules(request):
    """One page: article, items, numbers, what is asked for, readings."""
    context = {
        "policy": registry,
        "measures": [_measure(measure) for measure in registry.MEASURES],
        "general": [
            (each, registry.CLAUSES[each.clause][0]) for each in READINGS.values() if _is_general(each)
        ],
    }
    return render(request, "console/rules.html", context)


def _is_general(reading):
    """Readings of all money items stand once at the top."""
    return set(reading.items) >= set(MONEY_ITEMS)


def constants(item):
    """The numbers that an item's class names, in the order of `NUMBERS`: {name: value}."""
    named = {
        name: value
        for cls in reversed(type(item).__mro__)
        for name, value in vars(cls).items()
        if name.isupper() and value is not None
    }
    return {name: named[name] for name in NUMBERS if name in named}


def number_words(name, value):
    """A constant with its unit: 1 亿元, 50%, 15 家."""
    if isinstance(value, dict):
        return "，".join(f"{LEVEL_LABELS[level]} {in_wan(amount)}" for level, amount in value.items())
    unit = NUMBERS[name][1]
    if unit == YUAN:
        return in_wan(value)
    if unit == DOLLARS:
        return in_wan(value).replace(YUAN, DOLLARS)
    if unit in (SHARE, POINTS):
        return f"{Decimal(100) * value:.0f}{'%' if unit == SHARE else ' 个百分点'}"
    return f"{value} {unit}"


def _measure(measure):
    return {"measure": measure, "items": [_item(item) for item in measure.items]}


def _item(item):
    payer = "不涉及资金" if item.support else ("市（地）财政" if item.payer == CITY else "省财政")
    return {
        "item": item,
        "payer": payer,
        "sentence": registry.CLAUSES[item.code][1],
        "numbers": [(NUMBERS[name][0], number_words(name, value)) for name, value in constants(item).items()],
        "official": [_official(official) for official in item.official],
        "facts": [_asked(field) for field in item.facts],
        "particulars": [_asked(field) for field in item.particulars],
        "evidence": [_document(document) for document in item.evidence],
        "readings": [
            (reading, registry.CLAUSES[reading.clause][0])
            for reading in readings_for(item.code)
            if not _is_general(reading)
        ],
    }


def _official(official):
    if official.kind != FIGURE:
        return official.label
    return f"{'上年' if official.years_back else '当年'}{official.label}"


def _asked(field):
    if not isinstance(field, Rows):
        return field.label
    columns = "、".join(each.label for each in (*field.fields, *field.particulars))
    return f"{field.label}（逐行：{columns}）"


def _document(document):
    files = f"，{document.min_files} 份以上" if document.min_files > 1 else ""
    return f"{document.label}（{'必需' if document.required else '有则提供'}{files}）"
