"""应享未享: the list of firms that official data open an item for and that have not filed it, and the list as a file."""

import tempfile

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.cities import City
from accounts.roles import Role
from applications.estimate import rests_on_official_data
from applications.jobs import job_add
from applications.matching.read import firms_add, is_waiting, matches_listed, totals, years_matched
from applications.models import Event
from applications.official import filing_periods
from applications.visibility import eligible_exports_of
from applications.workbooks import XLSX
from measures import registry
from review.console.access import office_page
from review.console.enterprises import READERS as FIRM_READERS
from review.console.imports import file_answer
from review.console.job_files import file_context, file_given_up, file_handed_out
from review.console.progress import progress_answer
from review.eligible import (
    EXPORT,
    EXPORTED,
    NO,
    STANDINGS,
    YES,
    eligible,
    eligible_write,
    export_record,
)

ROWS = 20
READERS = (Role.COMMERCE, Role.CITY_COMMERCE, Role.DATA, Role.AUDITOR)
#: Posts that see the firms of all cities.
_EVERYWHERE = (Role.COMMERCE, Role.DATA, Role.AUDITOR)
#: Up to so many rows a file is made while one waits; a longer one is work for a worker.
AT_ONCE = 10_000
#: Where one waits for a longer one.
PAGE = "review:eligible_job"
_ITEMS = [
    (code, f"{code} {item.short_title}")
    for code, item in registry.ITEMS.items()
    if not item.support and rests_on_official_data(item)
]


class EligibleFilter(forms.Form):
    """What one can look for; a year is always chosen, because an award that is paid once is open in every year."""

    q = forms.CharField(
        label="企业、信用代码", required=False, max_length=60, widget=forms.TextInput({"type": "search"})
    )
    year = forms.TypedChoiceField(label="年度", required=False, coerce=int, empty_value=None)
    item = forms.ChoiceField(label="事项", required=False, choices=[("", "全部事项"), *_ITEMS])
    city = forms.ChoiceField(label="市（地）", required=False, choices=[("", "全部"), *City.choices])
    standing = forms.ChoiceField(label="结论", required=False, choices=[("", "全部"), *STANDINGS.items()])
    registered = forms.ChoiceField(
        label="是否注册", required=False, choices=[("", "全部"), (YES, "已注册"), (NO, "未注册")]
    )

    def __init__(self, data, *, years, everywhere):
        """`years`: those to choose from, newest first; without a year that can be read the best of them is chosen."""
        years = years or [_year_to_show([])]
        given = data.copy()
        if given.get("year") not in map(str, years):
            given["year"] = str(_year_to_show(years))
        super().__init__(given)
        self.fields["year"].choices = [(year, year) for year in years]
        if not everywhere:
            del self.fields["city"]

    @property
    def asked(self):
        """What is asked for, as JSON data; a filter that cannot be read hides nothing."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    @property
    def is_used(self):
        """Whether anything but a year is asked for."""
        return bool(set(self.asked) - {"year"})


def _year_to_show(years):
    """The newest year that is filed for now; where none is, the newest of all; last year where there is none."""
    filed = {period.year for period in filing_periods(timezone.localdate())}
    return next(
        (year for year in years if year in filed), years[0] if years else timezone.localdate().year - 1
    )


def _filter_of(request, data):
    return EligibleFilter(data, years=years_matched(), everywhere=request.user.has_post(*_EVERYWHERE))


@require_safe
@office_page(*READERS)
def eligible_list(request):
    """One year's list, filtered, a page at a time; the number of queries does not depend on the rows."""
    chosen = _filter_of(request, request.GET)
    asked = chosen.asked
    exports = Event.objects.filter(kind=EXPORTED).select_related("actor").order_by("-pk")
    found = eligible(request.user, asked)
    sums = totals(found)
    pages = Paginator(matches_listed(found), ROWS)
    # Counted already, together with the sums.
    pages.count = sums["sure"] + sums["maybe"]
    page = pages.get_page(request.GET.get("page"))
    page.object_list = firms_add(list(page.object_list))
    context = {
        "filter": chosen,
        "year": asked.get("year"),
        "page": page,
        "totals": sums,
        "is_waiting": is_waiting(asked.get("year")),
        "exports": exports[:5] if "city" in chosen.fields else exports.filter(actor=request.user)[:5],
        "opens_firms": request.user.has_post(*FIRM_READERS),
    }
    return render(request, "console/eligible.html", context)


@require_POST
@office_page(*READERS)
def eligible_export(request):
    """The filtered list as a spreadsheet: at once where it is short, otherwise as work to be waited for."""
    asked = _filter_of(request, request.POST).asked
    found = eligible(request.user, asked)
    by = {"actor": request.user, "source_ip": request.META["REMOTE_ADDR"]}
    rows = found.count()
    if not rows:
        messages.error(request, "没有可以导出的企业，请放宽条件再试。")
        return redirect("review:eligible")
    export_record(asked=asked, rows=rows, **by)
    if rows > AT_ONCE:
        return redirect(PAGE, job_add(work=EXPORT, params={"asked": asked}, **by).pk)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    eligible_write(found, file)
    file.seek(0)
    return file_answer(file, _file_name(asked), XLSX)


def _file_name(asked):
    return f"应享未享-{asked['year']}.xlsx" if "year" in asked else "应享未享.xlsx"


# --- A long list, written by a worker ------------------------------------------------------------


def _job_of(request, pk):
    return get_object_or_404(eligible_exports_of(request.user), pk=pk)


@require_safe
@office_page(*READERS)
def eligible_job(request, pk):
    """How far the file is; the file once it is there."""
    return render(request, "console/eligible_job.html", file_context(_job_of(request, pk), "review:eligible"))


@require_safe
@office_page(*READERS)
def eligible_progress(request, pk):
    """How far the file is, for the script that moves the bar."""
    return progress_answer(_job_of(request, pk))


@require_safe
@office_page(*READERS)
def eligible_file(request, pk):
    """The file, for whoever asked for it; that it was taken is recorded."""
    return file_handed_out(request, _job_of(request, pk), page=PAGE, name=_job_name, topic="eligible")


def _job_name(job):
    return _file_name(job.params["asked"])


@require_POST
@office_page(*READERS)
def eligible_cancel(request, pk):
    """Ends the writing of a file that nobody waits for any more."""
    return file_given_up(request, _job_of(request, pk), page=PAGE)
