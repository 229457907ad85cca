"""The twelve measures: a list that can be narrowed to what may concern one, and a page for each."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone

from applications.filing_calendar import filing_calendar
from applications.official import year_settings
from applications.portal.article import article_paragraphs
from applications.portal.situations import GROUPS, items_of, situations_chosen
from applications.portal.usual_year import usual_year
from applications.portal.words import item_words, measure_top, measure_words
from applications.portal.worked import Workshop
from applications.visibility import firm_of
from measures import registry
from measures.item import CITY, PROVINCE
from measures.official import FIGURE
from measures.readings import readings_for

#: Who decides and who pays, in words, by payer.
_OFFICES = {
    CITY: ("所在市（地）商务部门审核，市（地）财政部门审核。", "所在市（地）财政"),
    PROVINCE: (
        "省商务厅审核，省财政厅审核。申报批次要求市级初审的，先由所在市（地）商务部门初审。",
        "省财政",
    ),
    None: ("", ""),
}


def measures(request):
    """All measures with what they pay; those that may concern one first, where the address says who asks."""
    chosen = situations_chosen(request.GET)
    found = items_of(chosen)
    calendar = filing_calendar(timezone.localdate(), firm_of(request.user))
    context = {
        "measures": measures_listed(),
        "policy": registry,
        "groups": GROUPS,
        "chosen": chosen,
        "found": [
            {
                "item": item,
                "words": item_words(item),
                "number": registry.measure_of(item.code).number,
                "filing": None if item.support else calendar.filing(item.code),
            }
            for item in found
        ],
        "money_found": [item.code for item in found if not item.support],
    }
    return render(request, "portal/measures.html", context)


def measures_listed():
    """Every measure for the list of home and of this page: numeral, words, the most that it pays, its items' words."""
    return [
        {
            "measure": measure,
            "numeral": measure.numeral,
            "words": measure_words(measure),
            "top": measure_top(measure),
            "parts": [(item, item_words(item)) for item in measure.items] if len(measure.items) > 1 else [],
        }
        for measure in registry.MEASURES
    ]


def measure(request, number):
    """One measure whole. Raises Http404 for a number that the policy does not have."""
    found = next((each for each in registry.MEASURES if each.number == number), None)
    if found is None:
        raise Http404
    readings = {reading.id: reading for item in found.items for reading in readings_for(item.code)}
    calendar = filing_calendar(timezone.localdate(), firm_of(request.user))
    year = usual_year(calendar)
    context = {
        "measure": found,
        "numeral": found.numeral,
        "words": measure_words(found),
        "policy": registry,
        "officer": request.user.is_authenticated and request.user.is_officer,
        "year": year,
        "paragraphs": article_paragraphs(found),
        "items": _item_views(found, calendar, year),
        "readings": [
            {"reading": reading, "clause": registry.CLAUSES[reading.clause]} for reading in readings.values()
        ],
        "previous": _neighbour(number - 1),
        "next": _neighbour(number + 1),
    }
    return render(request, "portal/measure.html", context)


def _neighbour(number):
    return next((each for each in registry.MEASURES if each.number == number), None)


def _item_views(found, calendar, year):
    workshop = Workshop(year)
    support_days = year_settings(calendar.today.year).support_days if found.items[0].support else None
    return [_item_view(item, calendar, workshop, support_days) for item in found.items]


def _item_view(item, calendar, workshop, support_days):
    decides, payer = _OFFICES[item.payer]
    return {
        "item": item,
        "words": item_words(item),
        "decides": decides,
        "payer": payer,
        "clause": registry.CLAUSES[item.code],
        "official": [_official_words(official) for official in item.official],
        "asked": [field.label for field in (*item.facts, *item.particulars)],
        "documents": item.evidence,
        "filing": None if item.support else calendar.filing(item.code),
        "worked": workshop.of_item(item),
        "support_days": support_days,
    }


def _official_words(official):
    if official.kind != FIGURE:
        return official.label
    return f"{'上年' if official.years_back else '当年'}{official.label}"
