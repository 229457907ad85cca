"""登录验证器: the own second factor, set up, replaced or taken away, and its recovery codes."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_otp import login as otp_login
from django_otp.util import random_hex

from accounts.errors import CodeRefused
from accounts.factor_forms import ProofForm, SetForm
from accounts.models import SignIn
from accounts.pending import sign_in_complete
from accounts.recovery_codes import recovery_codes_known, recovery_codes_left
from accounts.second_factor import (
    code_check,
    factor_is_required,
    factor_of,
    factor_offer,
    factor_remove,
    factor_set,
    recovery_codes_renew,
    step_confirmed,
)
from accounts.sign_ins import sign_in_moved
from accounts.throttle import try_allowed

from .code import door
from .frame import frame_of
from .sign_in import browser_known, home_of

#: In the session: the key that is offered to an app, and since when.
OFFERED = "factor_offered"
#: Seconds after which another key is offered.
OFFER_LASTS = 3600
#: Passwords that one person may try here within an hour.
MOST_AN_HOUR = 10
TOO_OFTEN = "提交的次数太多，这次没有处理。请过一小时再试。"
EXPIRED = "这一页打开得太久了，二维码已经换新。请扫描现在的二维码。"
SHOWN_ONCE = "验证器已经添加好。恢复码只显示一次，没有保存的，请在这里重新生成。"


@login_required
def second_factor(request):
    """What there is, and what can be done about it."""
    context = {
        "frame": frame_of(request.user),
        "device": factor_of(request.user),
        "left": recovery_codes_left(request.user),
        "required": factor_is_required(request.user),
    }
    return render(request, "accounts/second_factor.html", context)


# --- Setting up --------------------------------------------------------------------------------------


@never_cache
@sensitive_post_parameters("code", "proof", "password")
def second_factor_set(request):
    """Offers a key as a picture and as letters, and takes it over once the app has shown a right code.

    Open to who is signed in, and to an officer at the door who has no app yet and needs one.
    """
    pending, user = None, request.user
    if not user.is_authenticated:
        pending, answer = door(request)
        if answer:
            return answer
        user = pending.user
    device = factor_of(user)
    if pending and device:
        return redirect("accounts:code")
    checks = "" if pending else "proof" if device else "password"
    if request.method == "POST" and _offered(request, user) is None:
        messages.info(request, SHOWN_ONCE if device else EXPIRED)
        return redirect("accounts:second_factor" if device else "accounts:second_factor_set")
    form = SetForm(user, request.POST or None, checks=checks)
    refusal = ""
    if request.method == "POST":
        if checks == "password" and not _try(user):
            form, refusal = SetForm(user, checks=checks), TOO_OFTEN
        elif form.is_valid() and (codes := _taken_over(request, form, user, pending, bool(device))):
            return codes
    key = _offered(request, user) or _offer(request, user)
    context = {
        "frame": frame_of(request.user),
        "person": user,
        "pending": pending,
        "device": device,
        "form": form,
        "refusal": refusal,
        "offer": factor_offer(user, key),
    }
    return render(request, "accounts/second_factor_set.html", context, status=429 if refusal else 200)


def _try(user):
    return try_allowed(name="second-factor", address=f"account:{user.pk}", most=MOST_AN_HOUR)


def _offer(request, user):
    """A new key. It stays in this one session, so that nobody else who has the password has seen it."""
    key = random_hex(20)
    request.session[OFFERED] = {"key": key, "user": user.pk, "at": timezone.now().timestamp()}
    return key


def _offered(request, user):
    """The key that this session offers the person, so that a page loaded again shows the same one; or None."""
    kept = request.session.get(OFFERED)
    fresh = kept and kept["user"] == user.pk and timezone.now().timestamp() - kept["at"] < OFFER_LASTS
    return kept["key"] if fresh else None


def _taken_over(request, form, user, pending, replaces):
    """The page of recovery codes, or None where the form says what was wrong."""
    key, source_ip = _offered(request, user), request.META["REMOTE_ADDR"]
    field = "code"
    try:
        step = step_confirmed(key, form.cleaned_data["code"])
        if replaces:
            field = "proof"
            code_check(user=user, typed=form.cleaned_data["proof"], source_ip=source_ip)
        device, codes = factor_set(
            user=user,
            key=key,
            step=step,
            replaces=replaces,
            keep=request.session.session_key,
            source_ip=source_ip,
        )
    except CodeRefused as refusal:
        form.add_error(field, refusal.message)
        return None
    del request.session[OFFERED]
    if pending:
        sign_in_complete(request, pending, device=device, factor=SignIn.Factor.APP)
        return browser_known(request, _codes(request, codes, pending.after or home_of(user)))
    before = request.session.session_key
    request.session.cycle_key()
    sign_in_moved(before=before, after=request.session.session_key)
    otp_login(request, device)
    return _codes(request, codes)


# --- Recovery codes ----------------------------------------------------------------------------------


def _codes(request, codes, after=""):
    """Shows codes this once. They come with the answer itself and are kept nowhere."""
    context = {"frame": frame_of(request.user), "codes": codes, "after": after}
    return render(request, "accounts/recovery_codes.html", context)


@login_required
@sensitive_post_parameters("proof")
def recovery_codes(request):
    """Ten new codes in place of the old ones, for who proves the present factor."""
    return _with_proof(request, "accounts/recovery_codes_new.html", _renewed)


def _renewed(request):
    return _codes(request, recovery_codes_renew(user=request.user, source_ip=request.META["REMOTE_ADDR"]))


@login_required
@require_POST
@sensitive_post_parameters("code")
def recovery_codes_file(request):
    """The codes on the page as a text file. The page sends them along, because they are kept nowhere."""
    codes = recovery_codes_known(request.user, request.POST.getlist("code"))
    if not codes:
        messages.warning(request, "恢复码只能在生成时下载。没有保存的，请重新生成。")
        return redirect("accounts:second_factor")
    lines = [
        "龙江外贸政策兑现平台 登录恢复码",
        f"用户名：{request.user.username}",
        f"下载时间：{timezone.localtime():%Y-%m-%d %H:%M}",
        "每个只能用一次，代替验证码。请放在别人看不到的地方。",
        "",
        *codes,
    ]
    # With the mark by which Windows' editor knows UTF-8, and its ends of lines.
    answer = HttpResponse("\ufeff" + "\r\n".join(lines) + "\r\n", content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = "attachment; filename*=UTF-8''%E6%81%A2%E5%A4%8D%E7%A0%81.txt"
    return answer


# --- Taking away --------------------------------------------------------------------------------------


@login_required
@sensitive_post_parameters("proof")
def second_factor_remove(request):
    """Takes the app away, where none is required."""
    if factor_is_required(request.user):
        messages.warning(request, "您的岗位登录必须用验证器，不能取消。换手机请用“更换验证器”。")
        return redirect("accounts:second_factor")
    return _with_proof(request, "accounts/second_factor_remove.html", _removed)


def _removed(request):
    factor_remove(user=request.user, keep=request.session.session_key, source_ip=request.META["REMOTE_ADDR"])
    messages.success(request, "验证器已取消，其他设备上的登录已结束。以后登录只用密码。")
    return redirect("accounts:second_factor")


def _with_proof(request, template, done):
    """A page that asks for the present factor and then does what it is for: `done(request)` gives the answer."""
    if factor_of(request.user) is None:
        messages.info(request, "您还没有添加验证器。")
        return redirect("accounts:second_factor")
    form = ProofForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            code_check(
                user=request.user, typed=form.cleaned_data["proof"], source_ip=request.META["REMOTE_ADDR"]
            )
            return done(request)
        except CodeRefused as refusal:
            form.add_error("proof", refusal.message)
    return render(request, template, {"frame": frame_of(request.user), "form": form})
