"""Messages: the list, opening one, marking as read, and which of them come by mail."""

from django import forms
from django.contrib import messages as notes
from django.core.paginator import Paginator
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from applications.messages.reading import messages_read, with_open
from applications.messages.topics import ALWAYS_MAILED, TOPIC_WORDS, Topic
from applications.messages.writing import kinds_of, topic_of
from applications.models import MailChoice
from applications.portal.access import firm_required
from applications.visibility import messages_of_firm

A_PAGE = 20
UNREAD, ACT = "unread", "act"
#: What can be shown, in the order of the tabs; "" is everything.
SHOWN = {"": "全部", UNREAD: "未读", ACT: "待办理", **{topic.value: topic.label for topic in Topic}}
_EMPTY = {
    "": ("还没有消息", "申报有进展、需要您办理或者款项拨付时，消息会出现在这里。"),
    UNREAD: ("没有未读消息", "您都看过了。"),
    ACT: ("没有待办理的事", "您现在不需要做什么。"),
}


@firm_required
def messages(request):
    """The list, newest first."""
    shown = request.GET.get("show", "")
    shown = shown if shown in SHOWN else ""
    found = with_open(messages_of_firm(request.user))
    page = Paginator(_filtered(found, shown).order_by("-pk"), A_PAGE).get_page(request.GET.get("page"))
    rows = [{"message": each, "topic": topic_of(each.kind).label} for each in page]
    title, text = _EMPTY.get(shown, ("没有这一类消息", "可以看看全部消息。"))
    context = {
        "rows": rows,
        "page": page,
        "shown": shown,
        "tabs": [{"show": show, "label": label} for show, label in SHOWN.items() if show != Topic.TODO],
        "empty_title": title,
        "empty_text": text,
    }
    return render(request, "portal/messages.html", context)


def _filtered(found, shown):
    if shown == UNREAD:
        return found.filter(unread=True)
    if shown == ACT:
        return found.filter(open=True)
    return found.filter(kind__in=kinds_of(shown)) if shown else found


@firm_required
def message(request, pk):
    """Opens a message: it has been seen, and what it is about comes up. Mails lead here."""
    found = get_object_or_404(
        messages_of_firm(request.user).select_related("claim", "support_request", "period"), pk=pk
    )
    messages_read(user=request.user, message_ids=[found.pk])
    return redirect(_about(found))


def _about(found):
    if found.claim_id:
        return reverse("portal:claim", args=[found.claim.number])
    if found.support_request_id:
        return reverse("portal:support_request", args=[found.support_request.number])
    if found.period_id:
        return reverse("portal:my_year", args=[found.period.year])
    return reverse("portal:my_year" if topic_of(found.kind) == Topic.PERIOD else "portal:enterprise")


@firm_required
@require_POST
def messages_seen(request):
    """Marks one message as read (`message`), or all of them; back to where the list was."""
    one = request.POST.get("message", "")
    if one.isascii() and one.isdigit() and len(one) < 19:
        messages_read(user=request.user, message_ids=[int(one)])
    elif not one:
        count = messages_read(user=request.user)
        notes.success(request, f"{count} 条消息已标为已读。" if count else "没有未读消息。")
    return redirect(_list(request))


def _list(request):
    """The list as it was, by its own parameters alone."""
    back = QueryDict(mutable=True)
    for name in ("show", "page"):
        if request.POST.get(name):
            back[name] = request.POST[name][:20]
    return reverse("portal:messages") + (f"?{back.urlencode()}" if back else "")


class MailForm(forms.Form):
    """Which of the optional topics come by mail."""

    topics = forms.MultipleChoiceField(
        label="发送邮件的消息",
        choices=[(topic.value, topic.label) for topic in Topic if topic not in ALWAYS_MAILED],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "请只选择列出的种类。"},
    )
    use_required_attribute = False

    @property
    def off(self):
        """The topics that were not ticked."""
        return [
            value for value, _ in self.fields["topics"].choices if value not in self.cleaned_data["topics"]
        ]


@firm_required
def message_settings(request):
    """Which messages come by mail, and to which address."""
    choice = MailChoice.objects.filter(user=request.user).first()
    off = choice.off if choice else []
    on = [topic.value for topic in Topic if topic not in ALWAYS_MAILED and topic.value not in off]
    form = MailForm(request.POST if request.method == "POST" else None, initial={"topics": on})
    if request.method == "POST" and form.is_valid():
        MailChoice.objects.update_or_create(user=request.user, defaults={"off": form.off})
        notes.success(request, "消息设置已保存。")
        return redirect("portal:message_settings")
    ticked = form.data.getlist("topics") if form.is_bound else on
    context = {
        "form": form,
        "always": [_row(topic) for topic in Topic if topic in ALWAYS_MAILED],
        "optional": [
            {**_row(topic), "on": topic.value in ticked} for topic in Topic if topic not in ALWAYS_MAILED
        ],
    }
    return render(request, "portal/message_settings.html", context, status=422 if form.errors else 200)


def _row(topic):
    return {"value": topic.value, "label": topic.label, "words": TOPIC_WORDS[topic]}
