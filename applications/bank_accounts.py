"""The bank accounts of an enterprise: one in force, at most one pending, which two people or three working days let in."""

import re
import unicodedata
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from applications.account_waits import confirmers, wait_refresh
from applications.errors import NotAllowed, Refused, Stale
from applications.flags.moves import firm_followed
from applications.membership import enterprise_lock, is_owner, member_check
from applications.models import BankAccount
from applications.record import clock, event_add
from applications.workbooks import text_clean

S = BankAccount.Standing
_NUMBER = re.compile(r"[0-9]{8,32}", re.ASCII)
NUMBER_FAULT = "账号只能是 8 到 32 位数字，中间的空格可以保留。请对照开户许可或银行回单填写。"
WORDS_MISSING = "户名与企业名称不一致，请说明原因。"
WORDS_MOST = 200
#: Categories of characters that nobody sees: controls (line breaks too) and formats, such as a space without width. Rare
#: names have letters that are in no category yet, or in one for private use: these stay.
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp"})


@dataclass(frozen=True)
class Account:
    """An account as a firm gives it: holder (户名), branch (开户行), number of 8 to 32 digits without spaces."""

    holder: str
    bank: str
    number: str


def name_plain(name):
    """A name for comparing: brackets, letters and digits in one width, without white space and without what nobody sees."""
    return re.sub(r"\s", "", visible(unicodedata.normalize("NFKC", name)))


def visible(text):
    """A text on one line, without characters that nobody sees: they come along when a name is pasted from a message or a
    web page, no bank knows them, and two names that look the same would differ.
    """
    return "".join(letter for letter in text_clean(text) if unicodedata.category(letter) not in _UNSEEN)


def account_number_normal(text):
    """The number as it is stored: full-width digits made half-width, spaces, hyphens and what nobody sees taken out."""
    return name_plain(text or "").replace("-", "")


def account_number_is_well_formed(number):
    """Whether a normalised number has 8 to 32 digits and nothing else."""
    return _NUMBER.fullmatch(number) is not None


def holder_differs(holder, enterprise):
    """Whether an account is held by somebody else than the firm; brackets and spaces may be written either way."""
    return name_plain(holder) != name_plain(enterprise.name)


# --- What there is ---------------------------------------------------------------------------------


def account_in_force(enterprise_id):
    """The account that money goes to now; None where there is none."""
    return BankAccount.objects.filter(enterprise_id=enterprise_id, standing=S.IN_FORCE).first()


def change_pending(enterprise_id):
    """The change that is not in force yet, with its enterprise and the person who registered it; None without one."""
    changes = BankAccount.objects.filter(enterprise_id=enterprise_id, standing=S.PENDING)
    return changes.select_related("enterprise", "created_by").first()


def change_to_confirm(user):
    """The pending change that the user may confirm or decline, with its enterprise and registrant; None without one."""
    changes = BankAccount.objects.filter(
        standing=S.PENDING,
        enterprise__memberships__user=user,
        enterprise__memberships__ended_at=None,
        enterprise__memberships__since__lt=F("created_at"),
    )
    return changes.exclude(created_by=user).select_related("enterprise", "created_by").first()


def change_words(change):
    """What was said, when the change was registered, about a holder that is not the firm; "" where nothing was."""
    registered = change.enterprise.events.filter(kind="enterprise.account_changed", data__account=change.pk)
    return next((event.data.get("words", "") for event in registered), "")


# --- What people do --------------------------------------------------------------------------------


def account_register(*, enterprise, actor, account, at):
    """The first account of a firm that registers; it is in force at once, because an unverified firm is paid nothing.

    Runs inside the caller's transaction.
    """
    return BankAccount.objects.create(
        enterprise=enterprise,
        standing=S.IN_FORCE,
        created_at=at,
        created_by=actor,
        in_force_from=at,
        **account_checked(account),
    )


def account_change(*, enterprise_id, actor, account, words="", at=None, source_ip=None):
    """Gives another account: pending for a verified firm, in force at once for one that has not been checked yet.

    Any member may. `words` say why the holder is not the firm, and are asked for where that is so. Raises Refused where a
    change is pending already, where this account is the one in force, or where something is missing. Returns the account.
    """
    at = at or timezone.now()
    with transaction.atomic():
        enterprise = enterprise_lock(enterprise_id)
        member_check(actor, enterprise)
        given, words = account_checked(account), _words_checked(words, "words")
        now, pending = account_in_force(enterprise_id), change_pending(enterprise_id)
        if now and given == {name: getattr(now, name) for name in given}:
            raise Refused("这就是正在使用的账户，不需要变更。", field="number")
        if pending:
            raise Refused(
                f"{pending.created_by}在 {clock(pending.created_at)} 登记的账户变更还没有生效。需要改用另一个账户的，请先撤回那项变更。"
            )
        if holder_differs(given["holder"], enterprise) and not words:
            raise Refused(WORDS_MISSING, field="words")
        with firm_followed(enterprise_id):
            change = BankAccount.objects.create(
                enterprise=enterprise, standing=S.PENDING, created_at=at, created_by=actor, **given
            )
        if enterprise.is_verified:
            wait_refresh(change)
        else:
            _put_in_force(change, now, at)
        _event("changed", change, now, actor, at, source_ip, words=words)
    return change


def change_confirm(*, change_id, actor, at=None, source_ip=None):
    """Another member says that the change is right: the new account is in force at once."""
    at = at or timezone.now()
    with transaction.atomic():
        change = _change_lock(change_id)
        _confirmer_check(change, actor)
        now = account_in_force(change.enterprise_id)
        change.answered_by, change.answered_at = actor, at
        _put_in_force(change, now, at)
        _event("confirmed", change, now, actor, at, source_ip)
    return change


def change_decline(*, change_id, actor, reason="", at=None, source_ip=None):
    """Another member says that the change is not right: the present account stays.

    Raises Refused with the field "reason" where the reason is longer than WORDS_MOST: nothing of it is cut.
    """
    with transaction.atomic():
        change = _change_lock(change_id)
        _confirmer_check(change, actor)
        reason = _words_checked(reason, "reason")
        return _drop(change, S.DECLINED, "declined", actor, at, source_ip, reason=reason)


def change_withdraw(*, change_id, actor, at=None, source_ip=None):
    """Whoever registered the change, or the owner, takes it back: the present account stays."""
    with transaction.atomic():
        change = _change_lock(change_id)
        member_check(actor, change.enterprise)
        if actor.pk != change.created_by_id and not is_owner(actor, change.enterprise):
            raise NotAllowed("这项变更由登记人或企业负责人撤回。")
        return _drop(change, S.WITHDRAWN, "withdrawn", actor, at, source_ip)


def accounts_due(*, at=None):
    """Puts pending accounts in force whose waiting time is over. Returns how many.

    A last day that is only 预计 is computed again first; as long as it is uncertain nothing happens by itself. Where a
    colleague was to confirm, it is looked at whether one still can: a login may have been closed meanwhile.
    """
    at = at or timezone.now()
    over = Q(waits_until__lt=timezone.localdate(at)) | Q(waits_certain=False) | Q(waits_until=None)
    due = BankAccount.objects.filter(over, standing=S.PENDING)
    return sum(_account_due(pk, at) for pk in due.order_by("pk").values_list("pk", flat=True))


def _account_due(pk, at):
    with transaction.atomic():
        try:
            change = _change_lock(pk)
        except Stale:
            return False
        wait_refresh(change)
        last = change.waits_until
        if last is None or not change.waits_certain or last >= timezone.localdate(at):
            return False
        now = account_in_force(change.enterprise_id)
        _put_in_force(change, now, at)
        _event("in_force", change, now, None, at, None)
    return True


# --- Parts -----------------------------------------------------------------------------------------


def _change_lock(change_id):
    """The pending change, with its firm locked, as it is now. Raises Stale where somebody has dealt with it."""
    enterprise_id = BankAccount.objects.values_list("enterprise_id", flat=True).get(pk=change_id)
    enterprise_lock(enterprise_id)
    change = BankAccount.objects.select_related("enterprise", "answered_by").get(pk=change_id)
    if change.standing != S.PENDING:
        who = (
            f"{change.answered_by}在 {clock(change.answered_at)} 已经办理"
            if change.answered_by
            else "已经办理"
        )
        raise Stale(f"这项账户变更{who}，现在是“{change.get_standing_display()}”。刚才的操作没有执行。")
    return change


def _confirmer_check(change, actor):
    if confirmers(change).filter(user=actor).exists():
        return
    member_check(actor, change.enterprise)
    if actor.pk == change.created_by_id:
        raise NotAllowed("这项变更由您登记，要由另一位同事确认。")
    raise NotAllowed("您在变更登记之后才加入企业，不能确认这项变更。")


def _put_in_force(change, now, at):
    """The order matters: the database lets one account of a firm be in force."""
    with firm_followed(change.enterprise_id):
        if now:
            now.standing, now.ended_at = S.FORMER, at
            now.save(update_fields=["standing", "ended_at"])
        change.standing, change.in_force_from = S.IN_FORCE, at
        change.save()


def _drop(change, standing, kind, actor, at, source_ip, **data):
    at = at or timezone.now()
    change.standing, change.answered_by, change.answered_at, change.ended_at = standing, actor, at, at
    with firm_followed(change.enterprise_id):
        change.save()
    _event(kind, change, account_in_force(change.enterprise_id), actor, at, source_ip, **data)
    return change


def _words_checked(words, field):
    """The words without white space around them. Raises Refused where they are too long to be kept whole."""
    words = words.strip()
    if len(words) > WORDS_MOST:
        raise Refused(f"最多 {WORDS_MOST} 个字，现在有 {len(words)} 个，请写短一些。", field=field)
    return words


def _event(kind, change, now, actor, at, source_ip, **data):
    """What the account was before and what it is, or would have been, afterwards; of numbers the last four digits alone."""
    event_add(
        kind=f"enterprise.account_{kind}",
        actor=actor,
        at=at,
        source_ip=source_ip,
        enterprise_id=change.enterprise_id,
        data={
            "account": change.pk,
            "standing": change.standing,
            "before": _told(now) if now else None,
            "after": _told(change),
            "waits_until": change.waits_until.isoformat() if change.waits_until else None,
            "certain": change.waits_certain,
            **{name: text for name, text in data.items() if text},
        },
    )


def _told(account):
    return {"holder": account.holder, "bank": account.bank, "tail": account.tail}


def account_checked(account):
    """An Account as it is stored: {holder, bank, number}. Raises Refused with the field that is wrong."""
    number = account_number_normal(account.number)
    if not account_number_is_well_formed(number):
        raise Refused(NUMBER_FAULT, field="number")
    holder, bank = visible(account.holder).strip(), visible(account.bank).strip()
    if not holder or not bank:
        raise Refused("请填写户名和开户行。", field="holder")
    return {"holder": holder, "bank": bank, "number": number}
