"""The front page: open periods, the way to the first claim, the twelve measures, a quick calculation, notices, answers."""

from django import forms
from django.shortcuts import render
from django.utils import timezone

from applications.filing_calendar import filing_calendar
from applications.forms.fields import AmountField
from applications.models import State
from applications.models.states import EDITABLE_STATES
from applications.official import current_reference
from applications.portal.help import first_questions, for_officer, help_values
from applications.portal.measures import measures_listed
from applications.portal.results import claim_view
from applications.portal.situations import GROUPS
from applications.portal.usual_year import usual_year
from applications.visibility import claims_of_firm, firm_of, notices_public
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
    calendar = filing_calendar(timezone.localdate(), firm_of(request.user))
    year = usual_year(calendar)
    quick = QuickForm(request.GET if "now" in request.GET else None, year=year)
    result = None
    if quick.is_valid():
        result = claim_view(evaluate(parse_case(quick.case()), current_reference()).claims[0])
    values = help_values()
    context = {
        "policy": registry,
        "officer": request.user.is_authenticated and request.user.is_officer,
        "filing": calendar.filing(),
        "waiting": _waiting(request.user),
        "money_items": sum(not item.support for item in registry.ITEMS.values()),
        "measures": measures_listed(),
        "groups": GROUPS,
        "chosen": (),
        "quick": quick,
        "quick_item": QUICK_ITEM,
        "result": result,
        "notices": notices_public()[:NOTICES_SHOWN],
        "questions": first_questions(values, officer=for_officer(request.user)),
        "notice_days": values["notice_days"],
    }
    return render(request, "portal/home.html", context)


def _waiting(user):
    """How many claims wait for the firm that the user acts for: {"all", "returned"}; None for everybody else."""
    if firm_of(user) is None:
        return None
    states = list(claims_of_firm(user).filter(state__in=EDITABLE_STATES).values_list("state", flat=True))
    return {"all": len(states), "returned": states.count(State.RETURNED)}
