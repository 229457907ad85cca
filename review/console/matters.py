"""Pages of the joint conference: the list of matters, one matter with its steps, and putting one on the list."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.departments import Department, department_named
from accounts.roles import Role
from applications.errors import NotAllowed, Refused
from applications.official import working_calendar
from applications.support import SHORT_DAYS, days_to
from applications.visibility import support_requests_for_office
from review.console.access import office_page
from review.console.matter_forms import ChangeForm, CloseForm, MatterForm, NoteForm, ReopenForm
from review.matters import (
    can_raise,
    keeps_list,
    last_step,
    matter_change,
    matter_close,
    matter_note,
    matter_raise,
    matter_reopen,
    matters_for_office,
    takes_part,
    usual_due,
)
from review.models import JointMatter, MatterNote

ROWS = 20
TAKERS = (Role.COMMERCE, Role.CITY_COMMERCE, Role.FINANCE, Role.DEPARTMENT)
READERS = (*TAKERS, Role.AUDITOR)
OPEN = JointMatter.Standing.OPEN
#: A request that names more departments than this leaves it to the officer to choose who takes part.
FEW = 5


@require_safe
@office_page(*READERS)
def matters(request):
    """The matters that concern the person's office; open ones by their date, closed ones the latest first."""
    today, calendar = timezone.localdate(), working_calendar()
    soon = calendar.add_working_days(today, SHORT_DAYS)[0]
    views = {
        "open": ("办理中", Q(standing=OPEN)),
        "late": ("已过期限", Q(standing=OPEN, due_on__lt=today)),
        "nearly": ("即将到期", Q(standing=OPEN, due_on__gte=today, due_on__lte=soon)),
        "closed": ("已办结", Q(standing=JointMatter.Standing.CLOSED)),
    }
    tab = request.GET.get("tab") if request.GET.get("tab") in views else "open"
    visible = matters_for_office(request.user)
    counts = visible.aggregate(**{key: Count("pk", filter=where) for key, (_, where) in views.items()})
    words, owner = request.GET.get("q", "").strip(), request.GET.get("owner", "")
    found = visible.filter(views[tab][1])
    if words:
        found = found.filter(
            Q(number__icontains=words)
            | Q(title__icontains=words)
            | Q(support_request__enterprise__name__icontains=words)
        )
    if owner in Department.values:
        found = found.filter(owner=owner)
    order = ("-closed_at", "-pk") if tab == "closed" else ("due_on", "pk")
    page = Paginator(_with_last_note(found).order_by(*order), ROWS).get_page(request.GET.get("page"))
    for each in page.object_list:
        _name(each, today, calendar)
    context = {
        "tabs": [(key, label, counts[key]) for key, (label, _) in views.items()],
        "tab": tab,
        "q": words,
        "owner": owner,
        "departments": Department.choices,
        "page": page,
        "may_raise": can_raise(request.user),
    }
    return render(request, "console/matters.html", context)


def _with_last_note(found):
    last = MatterNote.objects.filter(matter=OuterRef("pk")).order_by("-pk")
    return found.select_related("support_request__enterprise").annotate(
        last_text=Subquery(last.values("text")[:1]), last_at=Subquery(last.values("at")[:1])
    )


def _name(matter, today, calendar):
    """Sets on a matter the words behind its codes, and how many working days are left or over."""
    matter.partner_names = [Department(each).label for each in matter.partners]
    matter.days_to = days_to(matter.due_on, today, calendar) if matter.standing == OPEN else None
    matter.days_over = -matter.days_to if matter.days_to is not None else None
    matter.is_late = matter.standing == OPEN and matter.due_on < today
    matter.is_near = matter.standing == OPEN and not matter.is_late and matter.days_to <= SHORT_DAYS


@require_http_methods(["GET", "HEAD", "POST"])
@office_page(*TAKERS)
def matter_new(request):
    """Puts a matter on the list; `?request=` names the enterprise's request that it comes from."""
    source = None
    if number := request.GET.get("request"):
        source = get_object_or_404(
            support_requests_for_office(request.user).select_related("enterprise"), number=number
        )
        if hasattr(source, "joint_matter"):
            return redirect("review:matter", source.joint_matter.number)
    if not can_raise(request.user, source):
        raise PermissionDenied
    form = MatterForm(request.POST or None, initial=_initial(source))
    if request.method == "POST" and form.is_valid():
        try:
            matter = matter_raise(
                **form.cleaned_data,
                request_id=source.pk if source else None,
                actor=request.user,
                source_ip=request.META["REMOTE_ADDR"],
            )
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, f"已列入联席会议，编号 {matter.number}。")
            return redirect("review:matter", matter.number)
    context = {"form": form, "source": source}
    return render(request, "console/matter_new.html", context, status=422 if form.errors else 200)


def _initial(source):
    today = timezone.localdate()
    if source is None:
        return {"due_on": usual_due(today).isoformat()}
    route = [each for each in map(department_named, source.route) if each != source.lead]
    return {
        "title": source.subject,
        "text": source.details,
        "owner": source.lead,
        "partners": route if len(route) < FEW else [],
        "due_on": usual_due(today).isoformat(),
    }


@require_safe
@office_page(*READERS)
def matter(request, number):
    """One matter: who, by when, and every step that was taken."""
    return _page(request, _found(request, number))


def _found(request, number):
    return get_object_or_404(
        matters_for_office(request.user).select_related("support_request__enterprise", "raised_by"),
        number=number,
    )


_DOING = {
    "note": (NoteForm, matter_note, "跟进情况已记录。"),
    "change": (ChangeForm, matter_change, "已调整，参加的部门会看到。"),
    "close": (CloseForm, matter_close, "已办结。"),
    "reopen": (ReopenForm, matter_reopen, "已重新办理。"),
}


@require_http_methods(["POST"])
@office_page(*TAKERS)
def matter_act(request, number, action):
    """A step of a matter: `note`, `change`, `close` or `reopen`."""
    found = _found(request, number)
    if action not in _DOING:
        raise Http404
    form_class, service, sentence = _DOING[action]
    form = form_class(request.POST, prefix=action)
    if not form.is_valid():
        return _page(request, found, form, action=action, status=422)
    seen = {} if action == "note" else {"seen": _seen(request.POST.get("seen", ""))}
    try:
        service(
            matter_id=found.pk,
            actor=request.user,
            source_ip=request.META["REMOTE_ADDR"],
            **seen,
            **form.cleaned_data,
        )
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        status = 403 if isinstance(refusal, NotAllowed) else 409
        return _page(request, _found(request, number), form, action=action, status=status)
    messages.success(request, sentence)
    return redirect("review:matter", number)


def _seen(text):
    return int(text) if text.isascii() and text.isdigit() else -1


def _page(request, found, form=None, *, action="", status=200):
    _name(found, timezone.localdate(), working_calendar())
    is_open = found.standing == OPEN
    keeper = keeps_list(request.user)
    due = {"due_on": found.due_on.isoformat()}
    forms = {
        "note": NoteForm(prefix="note"),
        "change": ChangeForm(prefix="change", initial={"owner": found.owner, **due}),
        "close": CloseForm(prefix="close"),
        "reopen": ReopenForm(
            prefix="reopen", initial={"due_on": usual_due(timezone.localdate()).isoformat()}
        ),
    }
    if form is not None:
        forms[action] = form
    context = {
        "matter": found,
        "steps": found.notes.select_related("by").order_by("-pk"),
        "seen": last_step(found),
        "may_note": is_open and takes_part(request.user, found),
        "may_change": is_open and keeper,
        "may_reopen": keeper and not is_open,
        "forms": forms,
        "form": form,
        "may_see_request": found.support_request_id is not None
        and support_requests_for_office(request.user).filter(pk=found.support_request_id).exists(),
    }
    return render(request, "console/matter.html", context, status=status)
