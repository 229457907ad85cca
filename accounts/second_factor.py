"""The second factor: an app on the telephone that shows a new code every half minute, and codes for when it is lost.

Who has set one up is asked for it at every sign-in. Officers must have one where SECOND_FACTOR_REQUIRED is set.
"""

import re
import time
import unicodedata
from base64 import b32encode
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

import segno
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.errors import CodeRefused
from accounts.mail import mail_queue, site_link
from accounts.models import SignIn, User
from accounts.recovery_codes import (
    recovery_code_read,
    recovery_code_use,
    recovery_codes_left,
    recovery_codes_make,
)
from accounts.sign_ins import sign_ins_end
from accounts.signals import account_changed

NAME = "验证器"
#: Wrong codes in a row after which the wait does not grow any more: 2 ** 11 seconds, some half an hour.
MOST_COUNTED = 12
#: Wrong codes in a row after which the person is told by mail: somebody else may know the password.
TOLD_AFTER = 5
#: Waits shorter than this pass while one reads the sentence.
SHORT = timedelta(seconds=3)

FORM = "请填写验证器显示的 6 位数字，或者一个 12 位的恢复码。"
WRONG = "验证码不对。请看验证器里本平台现在显示的 6 位数字，还要确认手机的时间是自动设置的。"
USED = "这个验证码已经用过。请等验证器换一个新的，最多半分钟，再填写。"
WRONG_RECOVERY = "恢复码不对，或者已经用过。每个恢复码只能用一次。"
WRONG_NEW = "验证码不对。请确认添加的是本页的密钥，手机的时间是自动设置的，再填写现在显示的 6 位数字。"

#: What a mail says of each event.
TITLES = {
    "user.second_factor_added": "您的账号添加了验证器",
    "user.second_factor_replaced": "您的账号更换了验证器",
    "user.second_factor_removed": "您的账号取消了验证器",
    "user.second_factor_reset": "管理员重置了您账号的验证器",
    "user.recovery_code_used": "您的账号用了一个恢复码",
    "user.recovery_codes_renewed": "您的账号重新生成了恢复码",
    "user.second_factor_tried": "有人连续输错您账号的验证码",
}


# --- Who needs one ---------------------------------------------------------------------------------


def factor_of(user):
    """The person's app as a TOTPDevice, or None."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def factor_is_required(user):
    """Whether the person must have one: officers, where the installation says so."""
    return settings.SECOND_FACTOR_REQUIRED and user.is_officer


def factor_is_asked(user):
    """Whether the password alone does not sign this person in."""
    return factor_is_required(user) or factor_of(user) is not None


def factor_is_missing(user):
    """Whether a session of this officer began without the second factor that it needs. Wants OTPMiddleware's user."""
    return user.is_authenticated and user.is_officer and not user.is_verified() and factor_is_asked(user)


# --- A new app ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NewFactor:
    """What an app has to be told: as a picture, as letters for typing, and as an address that a telephone opens."""

    picture: str
    groups: list
    address: str


def factor_offer(user, key):
    """The NewFactor of a key, given in hexadecimal digits, that is not the person's yet."""
    address = TOTPDevice(user=user, key=key).config_url
    picture = BytesIO()
    segno.make(address, error="l", micro=False).save(
        picture, kind="svg", border=4, xmldecl=False, svgns=True, omitsize=True, nl=False
    )
    letters = b32encode(bytes.fromhex(key)).decode()
    groups = [letters[start : start + 4] for start in range(0, len(letters), 4)]
    # The frame around it has the name; a screen reader need not spell its lines.
    drawn = picture.getvalue().decode().replace("<svg ", '<svg aria-hidden="true" ', 1)
    return NewFactor(drawn, groups, address)


def step_confirmed(key, typed):
    """The step of time in which an app with this key showed the typed code. Raises CodeRefused where it did not."""
    clock = TOTP(bytes.fromhex(key))
    clock.time = time.time()
    code = app_code_read(typed)
    if not code or not clock.verify(int(code), tolerance=1):
        raise CodeRefused(WRONG_NEW)
    return clock.t()


@transaction.atomic
def factor_set(*, user, key, step, replaces=False, keep="", at=None, source_ip=None):
    """Gives the person an app, or a new one in place of the present one. Other sessions than `keep` end.

    `step` is the step of time of the code that proved the app (`step_confirmed`): no code counts twice. Returns the device
    and ten recovery codes, which are known here and never again. Raises CodeRefused where another page was faster.
    """
    at = at or timezone.now()
    user = User.objects.select_for_update().get(pk=user.pk)
    device = TOTPDevice.objects.select_for_update().filter(user=user).first()
    if device is not None and not replaces:
        raise CodeRefused("您已在另一个窗口添加了验证器，以那里的为准。")
    device = device or TOTPDevice(user=user, name=NAME)
    device.key, device.last_t, device.drift, device.tolerance, device.confirmed = key, step, 0, 1, True
    device.throttle_reset(commit=False)
    device.created_at = device.last_used_at = at
    device.save()
    codes = recovery_codes_make(user, at=at)
    sign_ins_end(user.sign_ins.exclude(session_key=keep or "-"), end=SignIn.End.FACTOR, at=at)
    _tell(user, "user.second_factor_replaced" if replaces else "user.second_factor_added", at, source_ip)
    return device, codes


# --- Codes -------------------------------------------------------------------------------------------


def app_code_read(typed):
    """The six digits of a typed code, or "": spaces and full-width digits do not matter."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", typed))
    return plain if re.fullmatch(r"[0-9]{6}", plain, re.ASCII) else ""


def code_check(*, user, typed, at=None, source_ip=None):
    """Takes a code of the app, or a recovery code, which is used up. Returns the SignIn.Factor it was.

    Raises CodeRefused; every wrong code counts, and each doubles the wait until the next one is looked at. Not to be
    called inside a transaction that ends with the refusal: the count would be lost. The clock is the system's.
    """
    at = at or timezone.now()
    with transaction.atomic():
        factor, refusal = _matched(user, typed, at, source_ip)
    if refusal:
        raise CodeRefused(refusal)
    return factor


def _matched(user, typed, at, source_ip):
    """(factor, "") or (None, what is wrong). The device's row stays locked, so that no code is taken twice."""
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
    code, recovery = app_code_read(typed), recovery_code_read(typed)
    if device is None:
        return None, "这个账号现在没有验证器。请重新登录。"
    if not (code or recovery):
        return None, FORM
    if not device.verify_is_allowed()[0]:
        return None, f"连续输错了 {device.throttling_failure_count} 次。{_when(device)}"
    if code:
        if device.verify_token(code):
            return SignIn.Factor.APP, ""
        return None, _failed(device, USED if _was_used(device, code) else WRONG, at, source_ip)
    if not recovery_code_use(user, recovery, at=at):
        device.throttle_increment()
        return None, _failed(device, WRONG_RECOVERY, at, source_ip)
    device.throttle_reset()
    _tell(user, "user.recovery_code_used", at, source_ip, left=recovery_codes_left(user))
    return SignIn.Factor.RECOVERY, ""


def _failed(device, wrong, at, source_ip):
    """The sentence about one more wrong code, which the library has counted."""
    if device.throttling_failure_count == TOLD_AFTER:
        _tell(device.user, "user.second_factor_tried", at, source_ip, tries=TOLD_AFTER)
    if device.throttling_failure_count > MOST_COUNTED:
        device.throttling_failure_count = MOST_COUNTED
        device.save(update_fields=["throttling_failure_count"])
    locked = device.verify_is_allowed()[1]
    is_long = locked and locked["locked_until"] - timezone.now() >= SHORT
    return wrong + _when(device) if is_long else wrong


def _when(device):
    """When the next code will be looked at, as a sentence; rounded up to the second."""
    until = timezone.localtime(device.verify_is_allowed()[1]["locked_until"] + timedelta(seconds=1))
    return f"请在 {until:%H:%M:%S} 之后再试。"


def _was_used(device, code):
    """Whether the code would be right, had it or a later one not been taken already."""
    clock = TOTP(device.bin_key, device.step, device.t0, device.digits)
    clock.time = time.time()
    return clock.verify(int(code), device.tolerance) and clock.t() <= device.last_t


@transaction.atomic
def recovery_codes_renew(*, user, at=None, source_ip=None):
    """Ten new recovery codes in place of the old ones. Who asks has proved the present factor."""
    at = at or timezone.now()
    codes = recovery_codes_make(User.objects.select_for_update().get(pk=user.pk), at=at)
    _tell(user, "user.recovery_codes_renewed", at, source_ip)
    return codes


# --- Without an app again ------------------------------------------------------------------------------


@transaction.atomic
def factor_remove(*, user, keep="", at=None, source_ip=None):
    """Takes the person's own app away. Raises CodeRefused where officers must have one."""
    if factor_is_required(user):
        raise CodeRefused("您的岗位登录必须用验证器，不能取消。换手机请用“更换验证器”。")
    at = at or timezone.now()
    if factor_drop(user, keep=keep, at=at):
        _tell(user, "user.second_factor_removed", at, source_ip)


@transaction.atomic
def factor_drop(user, *, keep="", at):
    """Removes app and codes, and ends the sessions that they let in. Whether there was an app."""
    count, _ = TOTPDevice.objects.filter(user=user).delete()
    user.recovery_codes.all().delete()
    if count:
        sign_ins_end(user.sign_ins.exclude(session_key=keep or "-"), end=SignIn.End.FACTOR, at=at)
    return bool(count)


def factor_mail(user, kind, *, at, **said):
    """Tells the person by mail what happened to the second factor; `said` are numbers that the mail names."""
    if user.email:
        links = {"sessions": site_link("accounts:sessions"), "password": site_link("accounts:password_reset")}
        context = {"user": user, "title": TITLES[kind], "kind": kind, "said": said, "at": at, "links": links}
        mail_queue(to=user.email, template="second_factor", context=context, at=at)


def _tell(user, kind, at, source_ip, **said):
    account_changed.send(sender=User, user=user, kind=kind, data=said, at=at, source_ip=source_ip)
    factor_mail(user, kind, at=at, **said)
