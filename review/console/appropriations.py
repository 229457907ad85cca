"""预算指标: the documents that give money to a payer's measures of a year, and entering another."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from applications.errors import NotAllowed, Refused
from measures.money import grouped
from review.appropriations import appropriation_add
from review.budget import Key, budgets, measures_of
from review.console.access import office_page
from review.console.budget_chosen import payer_or_404
from review.console.budget_forms import AppropriationForm
from review.measure_names import measure_title
from review.models import Appropriation
from review.notices import payer_name, payers_of
from review.visibility import MONEY_READERS


@require_http_methods(["GET", "HEAD", "POST"])
@office_page(*MONEY_READERS)
def appropriations(request, year, payer):
    """Every document of the year, the newest first; for the payer's own finance a form to enter what another changes."""
    payer_or_404(request.user, payer, year)
    may_enter = payer in payers_of(request.user)
    form = AppropriationForm(payer, request.POST if request.method == "POST" else None) if may_enter else None
    if request.method == "POST":
        if not may_enter:
            raise PermissionDenied
        if form.is_valid() and (added := _add(request, form, year, payer)):
            word = "增加" if added.amount_cny > 0 else "减少"
            sum_words = f"{word} {grouped(abs(added.amount_cny))} 元"
            messages.success(request, f"已录入：{measure_title(added.measure)}，{sum_words}。")
            return redirect("review:appropriations", year, payer)
    status = 422 if form and form.errors else 200
    return render(request, "console/appropriations.html", _context(year, payer, form), status=status)


def _add(request, form, year, payer):
    """The Appropriation, or None with the refusal at its field."""
    try:
        return appropriation_add(
            year=year,
            payer=payer,
            actor=request.user,
            source_ip=request.META["REMOTE_ADDR"],
            **form.entry(),
        )
    except NotAllowed as error:
        raise PermissionDenied from error
    except Refused as error:
        form.add_error(error.field or None, error.message)
        return None


def _context(year, payer, form):
    rows = Appropriation.objects.filter(year=year, payer=payer).select_related("entered_by").order_by("-pk")
    documents = [{"row": row, "measure": measure_title(row.measure)} for row in rows]
    keys = [Key(measure.number, year, payer) for measure in measures_of(payer)]
    figures = budgets(keys)
    return {
        "year": year,
        "payer": payer,
        "payer_name": payer_name(payer),
        "form": form,
        "documents": documents,
        "newest": documents[0]["row"].pk if documents else 0,
        "measures": [(measure_title(key.measure), figures[key]) for key in keys],
        "granted": sum(budget.appropriated for budget in figures.values()),
        "committed": sum(budget.committed for budget in figures.values()),
        "paid": sum(budget.paid for budget in figures.values()),
        "spendable": sum(budget.left for budget in figures.values()),
        "budget_url": f"{reverse('review:budget')}?{urlencode({'year': year, 'payer': payer})}",
    }
