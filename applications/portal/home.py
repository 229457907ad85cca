"""The front page: open periods, the twelve measures, a quick calculation, public notices."""

from django import forms
from django.shortcuts import render
from django.utils import timezone

from applications.forms.fields import AmountField
from applications.official import current_reference, filing_periods
from applications.portal.results import claim_view
from applications.portal.words import measure_numeral, measure_top, measure_words
from applications.visibility import notices_public
from measures import registry
from measures.contract import parse_case
from measures.evaluation import evaluate
from measures.money import ZERO

#: The item of the quick calculation: it takes nothing but the totals of two years.
QUICK_ITEM = registry.MEASURES[0].items[0]
EXISTING, INTRODUCED = "existing", "introduced"
NOTICES_SHOWN = 3


class QuickForm(forms.Form):
    """Imports and exports of two years, in yuan."""

    use_required_attribute = False

    now = AmountField()
    before = AmountField()
    kind = forms.ChoiceField(label="企业类型", initial=EXISTING, required=False, widget=forms.RadioSelect)

    def __init__(self, data, *, year):
        super().__init__(data, initial={"kind": EXISTING})
        self.year = year
        self.fields["now"].label = f"{year} 年进出口额"
        self.fields["before"].label = f"{year - 1} 年进出口额"
        self.fields["kind"].choices = [(EXISTING, "现有企业"), (INTRODUCED, f"{year} 年新引入")]

    def case(self):
        """The valid form as a case of the evaluation contract; a total is given as imports alone."""
        introduced = self.cleaned_data["kind"] == INTRODUCED
        return {
            "year": self.year,
            "enterprise": {"introduced_year": self.year if introduced else None},
            "trade": {
                str(self.year): {"import_cny": self.cleaned_data["now"], "export_cny": str(ZERO)},
                str(self.year - 1): {"import_cny": self.cleaned_data["before"], "export_cny": str(ZERO)},
            },
            "claims": [{"id": "quick", "item": QUICK_ITEM.code}],
        }


def home(request):
    """The page that anybody may read; the quick calculation is a question in its address and stores nothing."""
    today = timezone.localdate()
    periods = [
        {"period": period, "days_left": (period.deadline - today).days} for period in filing_periods(today)
    ]
    year = periods[0]["period"].year if periods else today.year - 1
    quick = QuickForm(request.GET if "now" in request.GET else None, year=year)
    result = None
    if quick.is_valid():
        result = claim_view(evaluate(parse_case(quick.case()), current_reference()).claims[0])
    context = {
        "policy": registry,
        "periods": periods,
        "money_items": sum(not item.support for item in registry.ITEMS.values()),
        "measures": [
            {
                "measure": measure,
                "numeral": measure_numeral(measure),
                "words": measure_words(measure),
                "top": measure_top(measure),
            }
            for measure in registry.MEASURES
        ],
        "quick": quick,
        "quick_item": QUICK_ITEM,
        "result": result,
        "notices": notices_public()[:NOTICES_SHOWN],
    }
    return render(request, "portal/home.html", context)
