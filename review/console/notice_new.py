"""Composing a notice: choosing claims by measure, city and approval, the preview of what the public will read, publishing.

Every step is a post of one form that carries all ticks; see `review.notice_choice`.
"""

from datetime import date

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.roles import Role
from applications.errors import Refused
from applications.forms.fields import DayField
from applications.models import NoticeLine
from applications.notice_list import office_of, rows_of, sums_ahead
from applications.notices import notice_days
from review.console.access import office_page
from review.notice_choice import (
    chosen_now,
    cities_of,
    claims_of,
    ids_write,
    publishable,
    rows_filtered,
    sum_of,
    sums_by_measure,
)
from review.notices import (
    MOST_DAYS,
    days_least,
    list_digest,
    notice_lines,
    notice_publish,
    payer_name,
    payers_of,
)

FINANCE = (Role.FINANCE, Role.CITY_FINANCE)
A_PAGE = 100
NONE_CHOSEN = "请至少选择一件申报。"


class FilterForm(forms.Form):
    """Which approved claims are shown; what is ticked stays ticked."""

    use_required_attribute = False

    measure = forms.TypedChoiceField(label="措施", coerce=int, empty_value=None, required=False)
    city = forms.ChoiceField(label="市（地）", required=False)
    approved_from = DayField(label="批准日期从", required=False)
    approved_to = DayField(label="到", required=False)

    def __init__(self, data, rows):
        super().__init__(data)
        measures = [(part.number, part.label) for part in sums_by_measure(rows, set())]
        self.fields["measure"].choices = [("", "全部"), *measures]
        self.fields["city"].choices = [("", "全部"), *cities_of(rows)]

    def rows(self, rows):
        """The rows that pass; a filter that cannot be read lets everything through and says so at its field."""
        read = self.cleaned_data if self.is_bound and self.is_valid() else {}
        given = {name: value for name, value in read.items() if value}
        for name in ("approved_from", "approved_to"):
            if name in given:
                given[name] = date.fromisoformat(given[name])
        return rows_filtered(rows, **given)


class NoticeForm(forms.Form):
    """What a notice is called and how long it runs."""

    use_required_attribute = False

    title = forms.CharField(label="公示标题", max_length=120, error_messages={"required": "请填写公示标题。"})
    days = forms.IntegerField(label="公示期（工作日）")

    def __init__(self, data, *, year):
        least = days_least(year)
        initial = {"title": f"{year} 年度外贸支持资金拟支持名单公示", "days": least}
        super().__init__(data, initial=initial)
        field = self.fields["days"]
        field.help_text = f"至少 {least} 个工作日，首日是发布后的第一个工作日。"
        sentence = f"请填 {least} 到 {MOST_DAYS} 之间的整数，单位是工作日。"
        field.error_messages |= {"required": sentence, "invalid": sentence}
        field.validators = [_between(least, sentence)]
        field.widget.attrs |= {"min": least, "max": MOST_DAYS}


def _between(least, sentence):
    def check(value):
        if not least <= value <= MOST_DAYS:
            raise forms.ValidationError(sentence)

    return check


class Composing:
    """One step of composing: what could be published, what is ticked, and the forms as they were sent."""

    def __init__(self, request, payer, year):
        self.request, self.payer, self.year = request, payer, year
        self.rows = publishable(payer, year)
        sent = request.POST if request.method == "POST" else None
        self.action, _, number = (sent or {}).get("action", "").partition(":")
        self.number = int(number) if number.isdecimal() and len(number) < 6 else 1
        self.filter = FilterForm(sent, self.rows)
        self.form = NoticeForm(sent, year=year)
        self.chosen = {row.pk for row in self.rows} if sent is None else chosen_now(sent, self.rows)
        self.refusal = ""

    def tick(self):
        """All or none of what the filter shows."""
        shown = {row.pk for row in self.filter.rows(self.rows)}
        if self.action == "all":
            self.chosen |= shown
        elif self.action == "none":
            self.chosen -= shown

    def may_preview(self):
        """Whether title, period and choice are complete; otherwise the first page says what is missing."""
        if not self.chosen:
            self.refusal = NONE_CHOSEN
        return self.form.is_valid() and bool(self.chosen)

    def context(self):
        """What both pages show."""
        chosen = [row for row in self.rows if row.pk in self.chosen]
        return {
            "payer": self.payer,
            "payer_name": payer_name(self.payer),
            "year": self.year,
            "filter": self.filter,
            "form": self.form,
            "carried": ids_write(self.chosen),
            "chosen": self.chosen,
            "chosen_total": sum_of(chosen),
            "refusal": self.refusal,
        }

    def choosing(self, *, status=200):
        """The page on which claims are chosen."""
        filtered = self.filter.rows(self.rows)
        page = Paginator(filtered, A_PAGE).get_page(self.number if self.action == "page" else 1)
        shown = {row.pk for row in page.object_list}
        claims = {claim.pk: claim for claim in claims_of(shown)}
        others = [row for row in self.rows if row.pk in self.chosen and row.pk not in shown]
        context = {
            **self.context(),
            "page": page,
            "claims": [(row, claims[row.pk]) for row in page.object_list if row.pk in claims],
            "shown": ids_write(shown),
            "others_count": len(others),
            "others_total": sum_of(others),
            "sums": sums_by_measure(self.rows, self.chosen),
            "total": sum_of(self.rows),
            "all_count": len(self.rows),
            "filtered_total": sum_of(filtered),
        }
        return render(self.request, "console/notice_new.html", context, status=status)

    def preview(self, *, status=200):
        """The page that shows exactly what the public will read."""
        lines = notice_lines(None, claims_of(self.chosen))
        page = Paginator(lines, A_PAGE).get_page(self.number)
        values = self.form.cleaned_data
        now = timezone.now()
        first, last, certain = notice_days(published_at=now, days=values["days"])
        context = {
            **self.context(),
            "title": values["title"],
            "days": values["days"],
            "now": now,
            "first_day": first,
            "last_day": last,
            "certain": certain,
            "office": office_of(self.payer),
            "page": page,
            "rows": rows_of(page.object_list, first=page.start_index()),
            "sums": sums_ahead(lines),
            "seen": list_digest((line.claim_id, line.amount_cny) for line in lines),
        }
        return render(self.request, "console/notice_preview.html", context, status=status)

    def publish(self):
        """Publishes what was previewed, and returns the notice; raises Refused."""
        if "reviewed" not in self.request.POST:
            raise Refused("请核对名单和金额，勾选“已核对”后再发布。")
        return notice_publish(
            payer=self.payer,
            year=self.year,
            claim_ids=sorted(self.chosen),
            title=self.form.cleaned_data["title"],
            days=self.form.cleaned_data["days"],
            seen=self.request.POST.get("seen", ""),
            actor=self.request.user,
            source_ip=self.request.META["REMOTE_ADDR"],
        )


@require_http_methods(["GET", "HEAD", "POST"])
@office_page(*FINANCE)
def notice_new(request, payer, year):
    """Chooses, previews and publishes; what was chosen and written stays whatever is refused."""
    if payer not in payers_of(request.user):
        raise Http404
    step = Composing(request, payer, year)
    if request.method != "POST":
        return step.choosing()
    step.tick()
    if step.action not in ("preview", "publish"):
        return step.choosing()
    if not step.may_preview():
        return _nothing_left(request, step) or step.choosing(status=422)
    if step.action == "preview":
        return step.preview()
    return _published(request, step)


def _published(request, step):
    try:
        notice = step.publish()
    except Refused as refusal:
        step.refusal = refusal.message
        again = Composing(request, step.payer, step.year)
        step.rows, step.chosen = again.rows, again.chosen
        if not step.chosen:
            return _nothing_left(request, step)
        return step.preview(status=409)
    messages.success(request, f"公示已发布，末日是 {notice.last_day:%Y-%m-%d}。期满后自动转为待拨付。")
    return redirect("review:notice", number=notice.number)


def _nothing_left(request, step):
    """A second click, or a colleague: everything that was ticked has been published meanwhile."""
    if step.action != "publish":
        return None
    of_ticked = NoticeLine.objects.filter(
        claim__payer=step.payer, claim__year=step.year, withdrawn_at=None
    ).select_related("notice")
    last = of_ticked.order_by("pk").last()
    if last is None:
        return None
    messages.info(request, "所选的申报已经列入公示，没有再次发布。最近的一份公示如下。")
    return redirect("review:notice", number=last.notice.number)
