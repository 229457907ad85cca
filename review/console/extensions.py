"""Giving one enterprise more time to file: a form at its page, with the extensions that it has been given before."""

from datetime import date

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.roles import Role
from applications.errors import NotAllowed, Refused
from applications.forms.fields import DayField
from applications.visibility import enterprises_for_office
from review.console.access import office_page
from review.console.settings_forms import periods_current
from review.extensions import REASON_MOST, deadline_extend


class FilingExtensionForm(forms.Form):
    """Which period, until when, and why."""

    use_required_attribute = False

    period = forms.ModelChoiceField(
        label="申报批次",
        queryset=None,
        empty_label="请选择",
        error_messages={"required": "请选择申报批次。", "invalid_choice": "请从列出的申报批次中选择。"},
    )
    until = DayField(label="延长至", help_text="到这一天结束为止，企业可以首次提交申报。")
    reason = forms.CharField(
        label="原因",
        max_length=REASON_MOST,
        widget=forms.Textarea({"rows": 3}),
        help_text="企业会看到。请写明依据，例如来函、批示。",
        error_messages={"required": "请写明延期的原因，企业会看到。"},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        periods = periods_current().order_by("-year", "title")
        self.fields["period"].queryset = periods
        self.fields["period"].label_from_instance = _period_words


def _period_words(period):
    return f"{period.title}（{period.deadline:%Y-%m-%d} 截止）"


@require_http_methods(["GET", "HEAD", "POST"])
@office_page(Role.COMMERCE)
def extension(request, pk):
    """Records an extension for the enterprise, which is told at once."""
    firm = get_object_or_404(enterprises_for_office(request.user), pk=pk)
    form = FilingExtensionForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, firm, form)
    if not form.is_valid():
        return _page(request, firm, form, status=409)
    values = form.cleaned_data
    try:
        made = deadline_extend(
            enterprise=firm,
            period=values["period"],
            until=date.fromisoformat(values["until"]),
            reason=values["reason"],
            actor=request.user,
            source_ip=request.META["REMOTE_ADDR"],
        )
    except Refused as refusal:
        form.add_error(refusal.field or None, refusal.message)
        return _page(request, firm, form, status=403 if isinstance(refusal, NotAllowed) else 409)
    messages.success(
        request, f"{made.period.title}已为这家企业延长至 {made.until:%Y-%m-%d}，企业会收到消息。"
    )
    return redirect("review:extension", firm.pk)


def _page(request, firm, form, *, status=200):
    given = firm.extensions.select_related("period", "granted_by").order_by("-granted_at", "-pk")
    context = {"firm": firm, "form": form, "given": given}
    return render(request, "console/extension.html", context, status=status)
