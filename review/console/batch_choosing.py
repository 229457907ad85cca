"""Choosing the payable claims of a batch, page by page and filter by filter; what is ticked stays ticked.

The page carries the ticks of what it does not show in one field, so that nothing is stored before the batch is made.
"""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from accounts.cities import City
from applications.errors import Refused
from applications.models import FilingPeriod, Notice
from review.bank.accounts import account_confirmed
from review.console.access import office_page
from review.console.batch_forms import NamedForm
from review.console.notices import FINANCE, chosen_claims
from review.measure_names import measure_name, measure_number
from review.models import PayoutBatch
from review.notices import payer_name, payers_of
from review.payees import payees_of
from review.payouts import batch_make, claims_to_pay, lines_add
from review.payouts.choosing import Scope, Sum, offer, scope_stored

ROWS = 100
#: Digits of a key; more is no claim.
_DIGITS = 18


class ScopeForm(forms.Form):
    """What a batch is chosen by: only what occurs among the claims that can be paid."""

    year = forms.TypedChoiceField(label="年度", required=False, coerce=int, empty_value=None)
    period = forms.TypedChoiceField(label="申报批次", required=False, coerce=int, empty_value=None)
    notice = forms.TypedChoiceField(label="公示", required=False, coerce=int, empty_value=None)
    measure = forms.TypedMultipleChoiceField(
        label="措施", required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    city = forms.MultipleChoiceField(label="市（地）", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data, *, claims, payer):
        super().__init__(data)
        payable = claims_to_pay(payer).order_by().values("pk")
        years = sorted({claim.year for claim in claims})
        periods = FilingPeriod.objects.filter(claims__in=payable).distinct().order_by("-year", "pk")
        notices = Notice.objects.filter(lines__claim__in=payable, lines__withdrawn_at=None)
        notices = notices.distinct().order_by("-published_at", "-pk")
        self.fields["year"].choices = [("", "全部"), *((year, year) for year in years)]
        self.fields["period"].choices = [("", "全部"), *((each.pk, each.title) for each in periods)]
        self.fields["notice"].choices = [("", "全部"), *((each.pk, each.title) for each in notices)]
        numbers = sorted({measure_number(claim) for claim in claims})
        self.fields["measure"].choices = [(number, measure_name(number)) for number in numbers]
        cities = sorted({claim.city for claim in claims})
        self.fields["city"].choices = [(code, City(code).label) for code in cities]
        self.is_valid()

    @property
    def selects(self):
        """The fields of one choice."""
        return [self["year"], self["period"], self["notice"]]

    @property
    def boxes(self):
        """The fields of several choices."""
        return [self["measure"], self["city"]]

    @property
    def scope(self):
        """The Scope that is asked for; what cannot be read asks for nothing."""
        asked = self.cleaned_data
        return Scope(
            year=asked.get("year"),
            period=asked.get("period"),
            notice=asked.get("notice"),
            measures=tuple(asked.get("measure", ())),
            cities=tuple(asked.get("city", ())),
        )


class Choosing:
    """One look at what can be paid, with what is ticked on this page and on others."""

    def __init__(self, request, payer, *, all_at_first):
        self.request, self.payer = request, payer
        posted = request.method == "POST"
        self.offer = offer(payer)
        self.form = ScopeForm(request.POST if posted else request.GET, claims=self.offer.claims, payer=payer)
        self.scope = self.form.scope
        fits = set(self.scope.among(claims_to_pay(payer)).order_by().values_list("pk", flat=True))
        self.rows = [claim for claim in self.offer.claims if claim.pk in fits]
        self.can_pay = fits & self.offer.ids
        self.go = request.POST.get("go", "make") if posted else ""
        self.ticked = _ticked(request) if posted else (set(self.can_pay) if all_at_first else set())
        if self.go == "all":
            self.ticked |= self.can_pay
        elif self.go == "none":
            self.ticked -= fits

    @property
    def page(self):
        """The page of rows that is asked for: the first after another filter."""
        number = self.go.removeprefix("page-") if self.go.startswith("page-") else 1
        if self.go in ("make", "all", "none"):
            number = self.request.POST.get("page")
        return Paginator(self.rows, ROWS).get_page(number)

    def context(self):
        """What the page says."""
        page, chosen = self.page, self.ticked & self.offer.ids
        shown = {claim.pk for claim in page.object_list}
        payees, confirmed = payees_of(page.object_list), account_confirmed(page.object_list)
        sums, total = self.offer.sums(chosen)
        _, elsewhere = self.offer.sums(chosen - shown)
        _, fitting = self.offer.sums(self.can_pay)
        return {
            "form": self.form,
            "page": page,
            "rows": [
                (claim, payees[claim.pk], self.offer.now[claim.pk], claim.pk in confirmed)
                for claim in page.object_list
            ],
            "chosen": chosen,
            "chosen_total": total.amount_cny,
            "sums": sums,
            "total": total,
            "fitting": fitting,
            "outside": len(chosen - self.can_pay),
            "elsewhere": elsewhere if elsewhere.count else Sum(""),
            "kept": ",".join(map(str, sorted(chosen - shown))),
            "shown": ",".join(map(str, sorted(shown))),
        }


def _ids(text):
    """Keys in a field that the page carries; anything else is passed over."""
    return {int(part) for part in text.split(",") if part.isdecimal() and len(part) <= _DIGITS}


def _ticked(request):
    """What is ticked: on the page itself, and what it carries of other pages."""
    carried, shown = (_ids(request.POST.get(name, "")) for name in ("kept", "shown"))
    return (carried - shown) | chosen_claims(request)


@office_page(*FINANCE)
def batch_new(request, payer):
    """Chooses the payable claims of a batch: all that fit at first."""
    if payer not in payers_of(request.user):
        raise Http404
    choosing = Choosing(request, payer, all_at_first=True)
    making = choosing.go == "make"
    named = NamedForm(request.POST) if making else NamedForm(initial=_typed(request))
    refusal, status = None, 200
    if making and not named.is_valid():
        status = 422
    elif making:
        try:
            made = batch_make(
                payer=payer,
                claim_ids=sorted(choosing.ticked),
                scope=scope_stored(choosing.scope, choosing.can_pay, choosing.ticked),
                actor=request.user,
                source_ip=request.META["REMOTE_ADDR"],
                **named.cleaned_data,
            )
        except Refused as error:
            refusal, status = error, 409
        else:
            messages.success(request, f"批次 {made.number} 已编制，请由另一位财政人员核对并锁定。")
            return redirect("review:batch", number=made.number)
    context = {
        **choosing.context(),
        "named": named,
        "batch": None,
        "payer_name": payer_name(payer),
        "refusal": refusal,
    }
    return render(request, "console/batch_new.html", context, status=status)


def _typed(request):
    """What is typed already when another page or filter is looked at; a name to begin with."""
    first = {"title": "外贸支持资金", "document": ""}
    return {name: request.POST.get(name, begun) for name, begun in first.items()}


@office_page(*FINANCE)
def batch_add(request, number):
    """Chooses further claims for a draft: none at first."""
    found = get_object_or_404(
        PayoutBatch.objects.defer("file"), number=number, payer__in=payers_of(request.user)
    )
    if found.standing != PayoutBatch.Standing.DRAFT:
        messages.error(request, f"这个批次现在是“{found.get_standing_display()}”，不能再补充申报。")
        return redirect("review:batch", number=number)
    choosing = Choosing(request, found.payer, all_at_first=False)
    refusal = None
    if choosing.go == "make":
        try:
            lines_add(
                batch_id=found.pk,
                claim_ids=sorted(choosing.ticked),
                actor=request.user,
                source_ip=request.META["REMOTE_ADDR"],
            )
        except Refused as error:
            refusal = error
        else:
            messages.success(request, f"已补充列入 {len(choosing.ticked)} 件申报。")
            return redirect("review:batch", number=number)
    context = {
        **choosing.context(), "batch": found, "payer_name": payer_name(found.payer), "refusal": refusal,
    }  # fmt: skip
    return render(request, "console/batch_new.html", context, status=409 if refusal else 200)
