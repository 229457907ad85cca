"""A payment that did not arrive, as the enterprise reads it: what was wrong, what to do about it, and who has it now."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from django.urls import reverse

from applications.models import BankAccount, Event, PayeeAccount
from measures.money import grouped

_KINDS = (
    "claim.released",
    "claim.payment_returned",
    "claim.account_confirmed",
    "claim.payee_account_refused",
)

#: What the bank writes, and what to look at then. Every line whose word stands in the reason is said.
_HINTS = (
    ("户名", "户名要与银行开户时登记的名称一字不差，括号和“有限公司”等字样都要一致。"),
    ("账号", "账号要与开户许可或银行回单上的一致，一位不能多、一位不能少。"),
    ("帐号", "账号要与开户许可或银行回单上的一致，一位不能多、一位不能少。"),
    ("开户行", "开户行要写到支行，例如“某某银行哈尔滨某某支行”。"),
    ("开户银行", "开户行要写到支行，例如“某某银行哈尔滨某某支行”。"),
    ("行号", "开户行要写到支行，例如“某某银行哈尔滨某某支行”。"),
    ("销户", "这个账户已经不能收款，请换一个正在使用的账户。"),
    ("注销", "这个账户已经不能收款，请换一个正在使用的账户。"),
    ("冻结", "这个账户现在不能收款，请向开户银行了解原因，或换一个账户。"),
    ("限制", "这个账户现在不能收款，请向开户银行了解原因，或换一个账户。"),
)


class Stage(Enum):
    """Who has to do something before the money is paid again."""

    FIRM = "firm"
    #: Another account is on its way, or finance looks at the one that is there.
    OFFICE = "office"
    CONFIRMED = "confirmed"


@dataclass(frozen=True)
class FailedPayment:
    """The last payment of a claim that did not arrive. `payee` tells that it was for somebody else than the firm."""

    claim: object
    returned: bool
    reason: str
    amount: str
    tail: str
    stage: Stage
    payee: bool
    #: What stands in the way of the account that was given, or what is known of it.
    further: str = ""

    @property
    def what(self):
        """What happened, in one sentence."""
        place = f"尾号 {self.tail} 的账户" if self.tail else "收款账户"
        amount = f"{grouped(Decimal(self.amount))} 元" if self.amount else "款项"
        if self.returned:
            return f"{amount}转入{place}后被银行退回。银行说明的原因：{self._reason()}"
        return f"{amount}没有转入{place}。银行说明的原因：{self._reason()}"

    def _reason(self):
        text = self.reason.strip().rstrip("。") or "没有说明"
        return f"{text}。"

    @property
    def hints(self):
        """What to look at, by what the bank wrote; nothing once somebody else has it."""
        if self.stage is not Stage.FIRM:
            return []
        return list(dict.fromkeys(text for word, text in _HINTS if word in self.reason))

    @property
    def to_do(self):
        """What comes next, and who does it."""
        if self.stage is Stage.CONFIRMED:
            return f"{self.further}列入下一批次后再次拨付，您不需要做什么。"
        if self.stage is Stage.OFFICE:
            return f"{self.further}财政部门核对账户后再次拨付，款项仍为您保留。"
        if self.payee:
            start = "请向收款单位核对户名、开户行和账号，有误的提交更正的账户和证明材料。"
        else:
            start = "请核对企业的户名、开户行和账号，有误的登记新账户。"
        return f"{self.further}{start}没有错的，不需要办理，财政部门会与银行核实。款项仍为您保留，账户核对后再次拨付。"

    @property
    def url(self):
        """Where it is done."""
        if self.payee:
            return reverse("portal:payee_account", args=[self.claim.number])
        return reverse("portal:enterprise")

    @property
    def action(self):
        """The words of the link; "" where nothing is to be done there any more."""
        if self.stage is Stage.CONFIRMED:
            return ""
        if self.payee:
            return "更正收款单位账户" if self.stage is Stage.FIRM else "查看已提交的账户"
        return "核对收款账户" if self.stage is Stage.FIRM else "查看收款账户"


def failed_payment(claim):
    """The FailedPayment of a claim; None where the last payment arrived, or none was made."""
    return failed_payments([claim]).get(claim.pk)


def failed_payments(claims):
    """{claim id: FailedPayment} of the claims whose last payment did not arrive. Three queries, or none."""
    claims = {claim.pk: claim for claim in claims if claim.payout_failed}
    if not claims:
        return {}
    events = _events(claims)
    given = {
        account.claim_id: account
        for account in PayeeAccount.objects.filter(
            claim_id__in=claims, standing=PayeeAccount.Standing.PENDING
        )
    }
    accounts = BankAccount.objects.filter(
        enterprise_id__in={claim.enterprise_id for claim in claims.values()},
        standing__in=[BankAccount.Standing.PENDING, BankAccount.Standing.IN_FORCE],
    )
    by_firm = {}
    for account in accounts:
        by_firm.setdefault(account.enterprise_id, []).append(account)
    return {
        pk: _failed(claim, events.get(pk, {}), given.get(pk), by_firm.get(claim.enterprise_id, []))
        for pk, claim in claims.items()
    }


def _events(claims):
    """{claim id: {"failed", "confirmed", "refused": Event}}: the last failure, and what followed it."""
    found = {}
    for event in Event.objects.filter(claim_id__in=claims, kind__in=_KINDS).order_by("pk"):
        if event.kind == "claim.account_confirmed":
            found.setdefault(event.claim_id, {})["confirmed"] = event
        elif event.kind == "claim.payee_account_refused":
            found.setdefault(event.claim_id, {})["refused"] = event
        elif event.kind == "claim.payment_returned" or event.data["result"] == "failed":
            found[event.claim_id] = {"failed": event}
    return found


def _failed(claim, events, given, accounts):
    failed = events.get("failed")
    payee = claim.rule.payee(claim.particulars) is not None
    stage, further = _stage(failed, events, given, [] if payee else accounts)
    data = failed.data if failed else {}
    return FailedPayment(
        claim=claim,
        returned=failed is not None and failed.kind == "claim.payment_returned",
        reason=data.get("reason", ""),
        amount=data.get("amount", ""),
        tail=data.get("account", ""),
        stage=stage,
        payee=payee,
        further=further,
    )


def _stage(failed, events, given, accounts):
    """(who has it, what is known of the next account)."""
    if given:
        return Stage.OFFICE, f"您提交的更正账户（尾号 {given.number[-4:]}）等待核对。"
    for account in accounts:
        if account.standing == BankAccount.Standing.PENDING:
            return Stage.OFFICE, f"您登记的新账户（尾号 {account.tail}）还没有生效。"
    confirmed = events.get("confirmed")
    changed = [account for account in accounts if failed and account.in_force_from > failed.at]
    if confirmed and not any(account.in_force_from > confirmed.at for account in changed):
        return Stage.CONFIRMED, f"财政部门已核对账户（尾号 {confirmed.data['account']}）。"
    if changed:
        return Stage.OFFICE, f"新账户（尾号 {changed[0].tail}）已生效。"
    refused = events.get("refused")
    if refused:
        reason = refused.data["reason"].rstrip("。")
        return Stage.FIRM, f"上次提交的更正账户没有采用：{reason}。"
    return Stage.FIRM, ""
