"""The calculator: the rules themselves, asked by anybody. It stores nothing.

The chosen items stand in the address (`?items=1.1&items=5.1&year=2025`); figures and facts are posted, and stand in the
address only of those who want to pass a calculation on (`calculator_link`).
"""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.ui import error_links
from applications.filing_calendar import filing_calendar
from applications.forms.calculator import Calculation
from applications.forms.rows import RowSet
from applications.known import known_of
from applications.official import current_reference
from applications.portal.calculator_link import MAX_QUERY, choice_query, link_data, link_of
from applications.portal.formdata import index_in, part_removed, rows_pressed
from applications.portal.results import year_view
from applications.portal.usual_year import usual_year
from applications.portal.words import item_words
from applications.visibility import firm_of
from measures import registry
from measures.case import FIRST_YEAR, LAST_YEAR
from measures.contract import ContractError, parse_case
from measures.evaluation import evaluate
from measures.item import Item

#: The year in which the policy came into force.
POLICY_YEAR = 2022
MAX_CLAIMS = 40
#: Rows of loans, premiums or refunds in all claims together: anybody may ask, and every row has to be drawn.
MAX_ROWS = 200
TOO_LONG = (
    f"这个链接太长，没有打开。一个链接最多带 {MAX_QUERY:,} 个字符。请发链接的人减少几行，或者打印结果。"
)
TOO_MANY_ROWS = f"一次最多测算 {MAX_ROWS} 行。请返回上一页减少几行，或者分几次测算。"
TOO_MANY_CLAIMS = f"一次最多测算 {MAX_CLAIMS} 件，后面的没有列入。"
#: How many unknown items of an address are named, and how much of each.
_NAMED, _QUOTED = 3, 12
UNREADABLE = "有的内容看不懂，改正后显示结果。"


def calculator(request):
    """Without chosen items a list to choose from; with them the form, and the result of what was posted or linked."""
    calendar = filing_calendar(timezone.localdate(), firm_of(request.user))
    if len(request.META.get("QUERY_STRING", "")) > MAX_QUERY:
        return _choosing(request, [], usual_year(calendar), fault=TOO_LONG, status=414)
    codes, year = _chosen(request.GET, calendar)
    notes = _not_taken(request.GET, year)
    data = request.POST if request.method == "POST" else link_data(request.GET, codes)
    if data is not None and _rows_asked(data) > MAX_ROWS:
        return _choosing(request, codes, year, fault=TOO_MANY_ROWS, status=400)
    asked = data is not None
    if request.method == "POST":
        data, codes = _pressed(request.POST, codes)
        asked = data is request.POST
    if not codes:
        return _choosing(request, codes, year, notes=notes)
    known = known_of(firm_of(request.user), year)
    calculation = Calculation(data, codes=codes, year=year, known=known)
    context = {
        **_choice(codes, year),
        "calculation": calculation,
        "known": known,
        "linked": asked and request.method != "POST",
        "query": choice_query(codes, year),
        "full": len(codes) >= MAX_CLAIMS,
        "notes": notes,
        **_outcome(request, calculation, asked, calendar),
    }
    return render(request, "portal/calculator.html", context)


@require_POST
def calculator_result(request):
    """The result alone, for the script that keeps it true while one types."""
    calendar = filing_calendar(timezone.localdate(), firm_of(request.user))
    codes, year = _chosen(request.GET, calendar)
    if _rows_asked(request.POST) > MAX_ROWS:
        outcome = {**_NOTHING, "fault": TOO_MANY_ROWS}
    else:
        known = known_of(firm_of(request.user), year)
        calculation = Calculation(request.POST, codes=codes, year=year, known=known)
        outcome = _outcome(request, calculation, True, calendar)
    return render(request, "portal/parts/calculator_result.html", {**outcome, "year": year})


def _rows_asked(data):
    """How many rows the data would have drawn.

    What is no plain number may still be one for a formset, which then draws as many rows as it ever does.
    """
    asked = [index_in(data[name]) for name in data if name.endswith("-TOTAL_FORMS")]
    return sum(RowSet.absolute_max if rows is None else min(rows, RowSet.absolute_max) for rows in asked)


_NOTHING = {
    "result": None,
    "fault": "",
    "links": [],
    "left_out": [],
    "link": "",
    "given": [],
    "officer": False,
}


def _outcome(request, calculation, asked, calendar):
    """What a page shows of a calculation.

    `result` (year_view) or `fault` (a sentence) with `links` to the fields concerned; `left_out`; `link`, the address that
    carries all of it, with `official` figures among it or without; and what was `given`, for paper.
    """
    if not asked:
        return _NOTHING
    if not calculation.is_valid():
        return {**_NOTHING, "fault": UNREADABLE, "links": error_links(*calculation.forms)}
    case, left_out = calculation.case()
    try:
        result = evaluate(parse_case(case), current_reference())
    except ContractError as refusal:
        return {**_NOTHING, "fault": refusal.message}
    view = year_view(result)
    for claim in view["claims"]:
        claim["filing"] = calendar.filing(claim["item"].code, calculation.year)
    link = link_of(calculation)
    return {
        "result": view,
        "fault": "",
        "links": [],
        "left_out": left_out,
        "link": request.build_absolute_uri(link) if link else "",
        "official": calculation.official.known is not None,
        "given": calculation.given(),
        "officer": request.user.is_authenticated and request.user.is_officer,
    }


def _chosen(query, calendar):
    """The chosen codes, unknown ones passed over, and the year."""
    codes = [code for code in query.getlist("items") if code in _money_items()]
    year = query.get("year", "")
    if year.isascii() and year.isdecimal() and FIRST_YEAR <= int(year) <= LAST_YEAR:
        return codes[:MAX_CLAIMS], int(year)
    return codes[:MAX_CLAIMS], usual_year(calendar)


def _money_items() -> dict[str, Item]:
    return {code: item for code, item in registry.ITEMS.items() if not item.support}


def _pressed(data, codes):
    """Data and codes after the buttons that add or take out a claim or a row."""
    added = data.get("add_claim_now") and data.get("add_claim")
    if added in _money_items() and len(codes) < MAX_CLAIMS:
        return data.copy(), [*codes, added]
    prefix, _, number = data.get("remove_claim", "").rpartition("-")
    code, number = prefix.replace("_", "."), index_in(number)
    if number is not None and number < codes.count(code):
        positions = [index for index, each in enumerate(codes) if each == code]
        place = positions[number]
        return part_removed(data, prefix, number), codes[:place] + codes[place + 1 :]
    return rows_pressed(data), codes


def _not_taken(query, year):
    """Sentences about what the address asks for and does not get, so that nobody reads the result of another question."""
    notes = []
    asked = query.get("year")
    if asked is not None and asked != str(year):
        notes.append(
            f"链接里的年度“{_quoted(asked)}”不能测算，已改为 {year} 年度，填写的数字没有改动。请核对是不是您要的年度。"
        )
    unknown = dict.fromkeys(code for code in query.getlist("items") if code and code not in _money_items())
    if unknown:
        named = "、".join(f"“{_quoted(code)}”" for code in list(unknown)[:_NAMED])
        notes.append(
            f"链接里的事项{named}{'等' if len(unknown) > _NAMED else ''}不在可以测算的范围里，没有列入。"
        )
    if len(query.getlist("items")) > MAX_CLAIMS:
        notes.append(TOO_MANY_CLAIMS)
    return notes


def _quoted(text):
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"


def _choosing(request, codes, year, *, fault="", notes=(), status=200):
    context = {**_choice(codes, year), "fault": fault, "notes": notes}
    return render(request, "portal/calculator_items.html", context, status=status)


def _choice(codes, year):
    this_year = timezone.localdate().year
    return {
        "year": year,
        "years": sorted({year, *range(POLICY_YEAR, this_year + 1)}, reverse=True),
        "codes": codes,
        "groups": [
            {
                "measure": measure,
                "numeral": measure.numeral,
                "items": [(item, item_words(item)) for item in measure.items],
            }
            for measure in registry.MEASURES
            if not measure.items[0].support
        ],
    }
