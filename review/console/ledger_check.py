"""The check of the ledger: what the last ones found, and starting one by hand."""

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import Role
from applications.models import JobState
from review.console.access import office_page
from review.console.progress import progress_answer, progress_of
from review.ledger.check import check_start
from review.ledger.checks import check_shown, check_under_way
from review.ledger.rules import RULES
from review.visibility import EVERY_PAYER, checks_visible, ledger_check_jobs

#: Who may have the ledger checked at once.
STARTERS = (Role.FINANCE, Role.AUDITOR)
#: So many earlier checks are listed.
EARLIER = 14


@require_safe
@office_page(*EVERY_PAYER)
def checks(request):
    """The last check, or the one that `?check=` asks for, with everything that does not agree; the earlier ones below."""
    stored = checks_visible(request.user).order_by("-pk")
    asked = request.GET.get("check", "")
    one = get_object_or_404(stored, pk=asked) if asked.isdecimal() and len(asked) <= 18 else stored.first()
    job = check_under_way(request.user)
    last = ledger_check_jobs(request.user).order_by("-pk").first()
    context = {
        "check": check_shown(request.user, one) if one else None,
        "shown": one,
        "earlier": list(stored.defer("problems")[:EARLIER]),
        "rules": [rule.title for rule in RULES],
        "may_start": request.user.has_post(*STARTERS),
        "job": job,
        "progress": progress_of(job) if job else None,
        "failure": last.message if last and last.state == JobState.FAILED else "",
    }
    return render(request, "console/ledger/checks.html", context)


@require_POST
@office_page(*STARTERS)
def check_now(request):
    """Has a worker check the ledger; where one is under way already, the page shows that one."""
    check_start(actor=request.user, source_ip=request.META["REMOTE_ADDR"])
    return redirect("review:ledger_checks")


@require_safe
@office_page(*STARTERS)
def check_progress(request, pk):
    """How far a check is."""
    return progress_answer(get_object_or_404(ledger_check_jobs(request.user), pk=pk))
