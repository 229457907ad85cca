"""登录记录: where somebody is signed in, ended with one press, and what happened there within 90 days."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.devices import device_words
from accounts.models import SignIn
from accounts.sign_ins import past_words, sign_ins_end, sign_ins_now, sign_ins_past

from .frame import frame_of

A_PAGE = 20


@login_required
def sessions(request):
    """The page. The sign-in of this very browser is marked and is ended by signing out."""
    now = list(sign_ins_now(request.user))
    for sign_in in now:
        sign_in.words = device_words(sign_in.device)
        sign_in.is_here = sign_in.session_key == request.session.session_key
    past = Paginator(sign_ins_past(request.user), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "frame": frame_of(request.user),
        "now": sorted(now, key=lambda sign_in: not sign_in.is_here),
        "others": sum(not sign_in.is_here for sign_in in now),
        "past": past,
        "rows": list(past_words(past)),
    }
    return render(request, "accounts/sessions.html", context)


@login_required
@require_POST
def session_end(request, pk):
    """Ends one of the own sign-ins; for this browser there is signing out."""
    sign_in = get_object_or_404(request.user.sign_ins, pk=pk)
    if sign_in.session_key == request.session.session_key:
        messages.warning(request, "这是您现在使用的登录。要结束它，请点页面顶部的“退出”。")
    elif sign_ins_end(request.user.sign_ins.filter(pk=pk), end=SignIn.End.ENDED):
        messages.success(request, f"已结束“{device_words(sign_in.device)}”的登录，那里再点一下就要重新登录。")
    else:
        messages.success(request, "这个登录已经结束，您不需要再做什么。")
    return redirect("accounts:sessions")


@login_required
@require_POST
def sessions_end_others(request):
    """Ends all the own sign-ins but this browser's."""
    others = request.user.sign_ins.exclude(session_key=request.session.session_key)
    count = sign_ins_end(others, end=SignIn.End.ENDED)
    words = f"已结束其他 {count} 处登录，只留下现在这一处。" if count else "没有其他登录。"
    messages.success(request, words)
    return redirect("accounts:sessions")


@login_required
@require_POST
def sessions_not_me(request):
    """Somebody else was here: all other sign-ins end, and the next page asks for another password."""
    others = request.user.sign_ins.exclude(session_key=request.session.session_key)
    count = sign_ins_end(others, end=SignIn.End.ENDED)
    ended = f"已结束其他 {count} 处登录。" if count else ""
    messages.warning(request, f"{ended}请现在更改密码：知道原来密码的人就不能再登录。")
    return redirect("accounts:password")
