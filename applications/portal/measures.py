"""The twelve measures: a list, and a page for each with its article, items, conditions, documents and readings."""

from django.http import Http404
from django.shortcuts import render

from applications.portal.words import item_words, measure_numeral, measure_top, measure_words
from measures import registry
from measures.item import CITY
from measures.official import FIGURE
from measures.readings import readings_for


def measures(request):
    """All measures with what they pay, and the policy's closing note."""
    shown = [
        {
            "measure": measure,
            "numeral": measure_numeral(measure),
            "words": measure_words(measure),
            "top": measure_top(measure),
        }
        for measure in registry.MEASURES
    ]
    return render(request, "portal/measures.html", {"measures": shown, "policy": registry})


def measure(request, number):
    """One measure whole. Raises Http404 for a number that the policy does not have."""
    found = next((each for each in registry.MEASURES if each.number == number), None)
    if found is None:
        raise Http404
    readings = {reading.id: reading for item in found.items for reading in readings_for(item.code)}
    context = {
        "measure": found,
        "numeral": measure_numeral(found),
        "policy": registry,
        "paragraphs": found.article.split("\n"),
        "items": [_item_view(item) for item in found.items],
        "readings": [
            {"reading": reading, "clause": registry.CLAUSES[reading.clause]} for reading in readings.values()
        ],
        "previous": _neighbour(number - 1),
        "next": _neighbour(number + 1),
    }
    return render(request, "portal/measure.html", context)


def _neighbour(number):
    return next((each for each in registry.MEASURES if each.number == number), None)


def _item_view(item):
    return {
        "item": item,
        "words": item_words(item),
        "payer": "" if item.support else ("所在市（地）财政" if item.payer == CITY else "省财政"),
        "clause": registry.CLAUSES[item.code],
        "official": [_official_words(official) for official in item.official],
        "asked": [field.label for field in (*item.facts, *item.particulars)],
        "documents": item.evidence,
    }


def _official_words(official):
    if official.kind != FIGURE:
        return official.label
    return f"{'上年' if official.years_back else '当年'}{official.label}"
