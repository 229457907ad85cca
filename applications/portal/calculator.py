"""The calculator: the rules themselves, asked by anybody. It stores nothing.

The chosen items stand in the address (`?items=1.1&items=5.1&year=2025`), so that a choice can be passed on; figures and
facts are posted.
"""

from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from applications.forms.calculator import Calculation
from applications.forms.rows import RowSet
from applications.official import current_reference, filing_periods
from applications.portal.formdata import index_in, part_removed, rows_pressed
from applications.portal.results import year_view
from applications.portal.words import item_words, measure_numeral
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


def calculator(request):
    """Without chosen items a list to choose from; with them the form, and the result of what was posted."""
    codes, year = _chosen(request.GET)
    if not codes:
        return render(request, "portal/calculator_items.html", _choice(codes, year))
    data = _posted(request) if request.method == "POST" else None
    if data is not None:
        data, codes = _pressed(data, codes)
    if not codes:
        return render(request, "portal/calculator_items.html", _choice(codes, year))
    calculation = Calculation(data, codes=codes, year=year)
    asked = data is not None and data is request.POST
    context = {
        **_choice(codes, year),
        "calculation": calculation,
        "address": _address(codes, year),
        "result_address": f"{reverse('portal:calculator_result')}?{_query(codes, year)}",
        "full": len(codes) >= MAX_CLAIMS,
        **_outcome(calculation, asked),
    }
    return render(request, "portal/calculator.html", context)


@require_POST
def calculator_result(request):
    """The result alone, for the script that keeps it true while one types."""
    codes, year = _chosen(request.GET)
    calculation = Calculation(_posted(request), codes=codes, year=year)
    return render(request, "portal/parts/calculator_result.html", _outcome(calculation, True))


def _posted(request):
    """What was posted. Raises BadRequest where it asks for more rows than this page draws."""
    asked = [index_in(request.POST[name]) for name in request.POST if name.endswith("-TOTAL_FORMS")]
    # What is no plain number may still be one for a formset, which then draws as many rows as it ever does.
    if (
        sum(RowSet.absolute_max if rows is None else min(rows, RowSet.absolute_max) for rows in asked)
        > MAX_ROWS
    ):
        raise BadRequest("too many rows")
    return request.POST


def _outcome(calculation, asked):
    """`result` (year_view) or `fault` (a sentence), and what was left out."""
    outcome = {"result": None, "fault": "", "left_out": []}
    if not asked:
        return outcome
    if not calculation.is_valid():
        return {**outcome, "fault": "有的内容看不懂，改正后显示结果。"}
    case, left_out = calculation.case()
    try:
        result = evaluate(parse_case(case), current_reference())
    except ContractError as refusal:
        return {**outcome, "fault": refusal.message}
    return {"result": year_view(result), "fault": "", "left_out": left_out}


def _chosen(query):
    """The chosen codes, unknown ones passed over, and the year."""
    codes = [code for code in query.getlist("items") if code in _money_items()]
    year = query.get("year", "")
    if year.isascii() and year.isdecimal() and FIRST_YEAR <= int(year) <= LAST_YEAR:
        return codes[:MAX_CLAIMS], int(year)
    return codes[:MAX_CLAIMS], _usual_year()


def _usual_year():
    """The year of the newest open period; last year where none is open."""
    today = timezone.localdate()
    period = filing_periods(today).first()
    return period.year if period else today.year - 1


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


def _query(codes, year):
    return urlencode([*(("items", code) for code in codes), ("year", year)])


def _address(codes, year):
    return f"{reverse('portal:calculator')}?{_query(codes, year)}"


def _choice(codes, year):
    this_year = timezone.localdate().year
    return {
        "year": year,
        "years": sorted({year, *range(POLICY_YEAR, this_year + 1)}, reverse=True),
        "codes": codes,
        "groups": [
            {
                "measure": measure,
                "numeral": measure_numeral(measure),
                "items": [(item, item_words(item)) for item in measure.items],
            }
            for measure in registry.MEASURES
            if not measure.items[0].support
        ],
    }
