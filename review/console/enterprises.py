"""New enterprises: papers and register beside what they declare, and the check by city or province."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Role
from applications.credit_code import WRONG_CHECK_DIGIT, credit_code_normal, has_right_check_digit
from applications.enterprises import enterprise_refuse, enterprise_verify, profile_token
from applications.errors import NotAllowed, Refused
from applications.lifecycle.people import acts_for
from applications.models import BankAccount, Enterprise, RegisteredEnterprise
from applications.trade_figures import figures_of, years_with_figures
from applications.visibility import enterprises_for_office
from measures.official import FIGURE_LABELS
from review.console.access import office_page
from review.console.firms import READERS as FIRM_READERS
from review.evidence import OpenFile, turn_of

ROWS = 20
#: Years of customs figures that the page of a firm shows.
YEARS = 3
READERS = (Role.CITY_COMMERCE, Role.COMMERCE, Role.AUDITOR)
V = Enterprise.Verification
#: Accounts that money goes to, or will go to.
ACCOUNTS = (BankAccount.Standing.IN_FORCE, BankAccount.Standing.PENDING)
TABS = ((V.PENDING, "待核验"), (V.VERIFIED, "已核验"), (V.REFUSED, "核验未通过"))


class RefuseForm(forms.Form):
    """What is wrong with the papers."""

    note = forms.CharField(
        label="哪里不对、怎样改",
        help_text="企业会看到，改好后重新提交核验。",
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "请写明哪里不对、怎样改，企业会看到。"},
    )


@require_safe
@office_page(*READERS)
def enterprises(request):
    """Those to be verified first, the longest waiting on top."""
    visible = enterprises_for_office(request.user)
    tab = request.GET.get("tab") if request.GET.get("tab") in V.values else V.PENDING
    words = request.GET.get("q", "").strip()
    found = visible.filter(verification=tab).order_by("created_at", "pk")
    if words:
        code = credit_code_normal(words)
        found = found.filter(Q(name__icontains=words) | Q(credit_code__startswith=code))
    counts = visible.aggregate(**{value: Count("pk", filter=Q(verification=value)) for value, _ in TABS})
    context = {
        "tabs": [(value, label, counts[value]) for value, label in TABS],
        "tab": tab,
        "q": words,
        "page": Paginator(found, ROWS).get_page(request.GET.get("page")),
    }
    return render(request, "console/enterprises.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@office_page(*READERS)
def enterprise(request, pk):
    """One enterprise; POST verifies it (`verify`) or refuses it with a note (`refuse`)."""
    firm = get_object_or_404(enterprises_for_office(request.user), pk=pk)
    if request.method != "POST":
        return _page(request, firm, RefuseForm())
    form = RefuseForm(request.POST if "refuse" in request.POST else None)
    who = {
        "enterprise_id": firm.pk,
        "officer": request.user,
        "token": request.POST.get("token", ""),
        "source_ip": request.META["REMOTE_ADDR"],
    }
    try:
        if "verify" in request.POST:
            enterprise_verify(**who)
            messages.success(request, f"{firm.name}已通过核验，可以提交申报。")
        elif form.is_valid():
            enterprise_refuse(note=form.cleaned_data["note"], **who)
            messages.success(request, f"{firm.name}未通过核验，意见已告知企业。")
        else:
            return _page(request, firm, form, status=409)
    except Refused as refusal:
        firm.refresh_from_db()
        status = 403 if isinstance(refusal, NotAllowed) else 409
        return _page(request, firm, form, refusal=refusal.message, status=status)
    return redirect("review:enterprises")


def _page(request, firm, form, *, refusal="", status=200):
    papers = [("营业执照", firm.licence), ("授权书", firm.authorisation)]
    files = [OpenFile(file, label) for label, file in papers if file]
    wanted = request.GET.get("file", "")
    context = {
        "firm": firm,
        "lines": _lines(firm),
        "accounts": firm.bank_accounts.filter(standing__in=ACCOUNTS),
        "members": firm.memberships.filter(ended_at=None).select_related("user"),
        "files": files,
        "missing": [label for label, file in papers if not file],
        "turn": turn_of(request.GET),
        "open": next((each for each in files if str(each.file.pk) == wanted), files[0] if files else None),
        "figures": _figures(firm),
        "right_digit": has_right_check_digit(firm.credit_code),
        "wrong_digit": WRONG_CHECK_DIGIT,
        "token": profile_token(firm),
        "may_read_people": request.user.has_post(*FIRM_READERS),
        "may_check": _may_check(request.user, firm),
        "may_extend": request.user.has_post(Role.COMMERCE),
        "form": form,
        "refusal": refusal,
    }
    return render(request, "console/enterprise.html", context, status=status)


def _may_check(user, firm):
    theirs = user.has_post(Role.COMMERCE) or user.has_post(Role.CITY_COMMERCE, city=firm.city)
    return theirs and firm.verification == V.PENDING and not acts_for(user, firm.pk)


def _figures(firm):
    """The firm's newest years of customs figures, newest first: (Figures, [(label, unit, value, where from)])."""
    code = firm.credit_code
    years = sorted(years_with_figures(code), reverse=True)[:YEARS]
    found = figures_of([code], years)
    return [(found[code, year], list(_figure_lines(found[code, year]))) for year in years]


def _figure_lines(figures):
    """Every figure of a year; of one that is not closed also what its detail comes to so far."""
    for name, (label, unit) in FIGURE_LABELS.items():
        value, source = getattr(figures, name), figures.source_of(name)
        if value is None and figures.detail is not None:
            value, source = getattr(figures.detail, name), "暂计"
        yield label, unit, value, source if value is not None else ""


def _lines(firm):
    """(label, declared, register, whether they differ) for what the register of enterprises knows too."""
    known = RegisteredEnterprise.objects.filter(credit_code=firm.credit_code, struck_reason="").first()
    pairs = [
        ("企业名称", firm.name, known.name if known else ""),
        ("市（地）", firm.get_city_display(), known.get_city_display() if known else ""),
        ("地址", firm.address, known.address if known else ""),
        ("联系电话", firm.contact_phone, known.phone if known else ""),
    ]
    return [
        (label, declared, official, bool(official) and declared != official)
        for label, declared, official in pairs
    ]
