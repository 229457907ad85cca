"""Papers: taking one away, looking at a draft of the application form, and checking whether one is genuine."""

from decimal import Decimal

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.throttle import try_allowed
from applications.forms.verify import VerifyForm
from applications.letters.form import preview_content
from applications.letters.pdf import letter_pdf, preview_pdf
from applications.letters.standing import letters_standing
from applications.letters.verify import letter_find
from applications.portal.access import firm_required
from applications.readings import letter_taken
from applications.visibility import claims_of_firm, letters_visible

#: A browser's own viewer needs its styles and nothing else; what stands in the file can load and send nothing.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
NOT_FOUND = "没有找到编号和校验码都相符的文书。请对照纸面逐字核对编号和校验码；仍然不符的，这份文书可能不是本平台出具的。"
TOO_OFTEN = "从您的网络地址核验的次数太多，这次没有核验。请过一小时再试，您填的内容还在本页。"


def _pdf(content, name):
    """A PDF that opens in the browser and is saved under a Chinese name."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, f"{name}.pdf")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = _POLICY
    return response


@require_safe
@login_required
def letter(request, number, letter):
    """An issued paper, for whoever may read its claim; for everybody else it does not exist. An officer's look is recorded."""
    papers = letters_visible(request.user).select_related("claim")
    found = get_object_or_404(papers, number=letter, claim__number=number)
    letter_taken(letter=found, user=request.user, source_ip=request.META["REMOTE_ADDR"])
    return _pdf(letter_pdf(found), f"{found.get_kind_display()} {found.number}")


@require_safe
@firm_required
def preview(request, number):
    """The application form as typed so far, marked as a draft, while it can still be changed."""
    claims = claims_of_firm(request.user).select_related("enterprise", "period")
    claim = get_object_or_404(claims, number=number)
    if not claim.is_editable:
        raise Http404("nothing is being drafted")
    return _pdf(preview_pdf(preview_content(claim)), f"申请表草稿 {claim.number}")


@require_safe
@never_cache
def verify(request):
    """Whether a paper is genuine, what it says, and whether it is still what counts; for anybody.

    The address printed on a paper carries its number and code. Nothing tells which of the two is wrong.
    """
    if "number" not in request.GET and "code" not in request.GET:
        return render(request, "portal/verify.html", {"form": VerifyForm()})
    form = VerifyForm(request.GET)
    if not form.is_valid():
        return render(request, "portal/verify.html", {"form": form}, status=422)
    if not try_allowed(name="verify", address=request.META["REMOTE_ADDR"], most=settings.VERIFY_TRIES):
        return render(request, "portal/verify.html", {"form": form, "refusal": TOO_OFTEN}, status=429)
    found = letter_find(**form.cleaned_data)
    if found is None:
        return render(request, "portal/verify.html", {"form": form, "refusal": NOT_FOUND}, status=404)
    [standing] = letters_standing([found])
    says = found.content["public"]
    amount = Decimal(says["amount_cny"]) if says["amount_cny"] else None
    context = {"form": form, "letter": found, "standing": standing, "says": says, "amount": amount}
    return render(request, "portal/verify.html", context)
