"""What balances and entries of 总额账 are called, and what an entry rests on."""

from dataclasses import dataclass

from django.urls import reverse

from accounts.roles import Role
from applications.models import LedgerKind
from review.notices import payers_of

K = LedgerKind

#: Balances by the names that `applications.ledger.BALANCES` gives them, as people read them.
BALANCE_WORDS = {
    "payable_cny": "应付",
    "locked_cny": "锁定",
    "committed_cny": "已列入批次",
    "paid_cny": "已拨付",
    "demanded_cny": "待追回",
}
#: What an entry without a topic rests on: a step in the life of its claim.
_STEPS = {
    K.AWARD: "计算过程",
    K.CAP: "计算过程",
    K.OVERLAP: "计算过程",
    K.LIMIT: "计算过程",
    K.RELEASE: "办理记录",
    K.LOCK: "财政批准",
    K.UNLOCK: "办理记录",
    K.DEMAND: "计算过程",
    K.SUPPLEMENT: "补发决定",
    K.SHORTAGE: "预算指标",
}
#: Topics whose number leads to a page: (word, name of the address).
_PAGES = {
    "batch": ("拨付批次", "review:batch"),
    "notice": ("公示", "review:notice"),
    "demand": ("追回", "review:demand"),
    "offset": ("追回抵扣", "review:demand"),
    "shortage": ("预算分配", "review:shortage_decision"),
}
#: Beginnings of topics under which an entry can be looked for by a number.
TOPICS = tuple(_PAGES)


@dataclass(frozen=True)
class Basis:
    """What an entry rests on: a word, the number beside it ("" for none) and its address ("" where the person may not go)."""

    word: str
    number: str = ""
    url: str = ""


class Bases:
    """Says what entries rest on, for one person; whose batches are theirs to open is asked once."""

    def __init__(self, user):
        self._payers = None if user.has_post(Role.AUDITOR) else payers_of(user)

    def of(self, entry):
        """The Basis of an entry whose claim is loaded."""
        prefix, _, number = entry.topic.partition(":")
        if prefix in _PAGES:
            word, page = _PAGES[prefix]
            opens = prefix != "batch" or self._payers is None or entry.claim.payer in self._payers
            return Basis(word, number, reverse(page, args=[number]) if opens else "")
        if prefix == "budget":
            address = reverse("review:appropriations", args=[entry.year, entry.claim.payer])
            return Basis(_STEPS[entry.kind], "", address)
        claim = reverse("review:claim", args=[entry.claim.number])
        return Basis(_STEPS.get(entry.kind, "办理记录"), "", claim)


def basis_words(topic, kind):
    """What an entry rests on in one text, for a sheet: 拨付批次 BF2026-0001."""
    prefix, _, number = topic.partition(":")
    return f"{_PAGES[prefix][0]} {number}" if prefix in _PAGES else _STEPS.get(kind, "办理记录")
