"""The states of a claim of measures 1 to 7."""

from django.db import models


class State(models.TextChoices):
    """Where a claim is in its life. Labels are the words the enterprise reads."""

    DRAFT = "draft", "草稿"
    CITY_REVIEW = "city_review", "市级初审"
    COMMERCE_REVIEW = "commerce_review", "商务审核"
    SECOND_CHECK = "second_check", "复核"
    FINANCE_REVIEW = "finance_review", "财政审核"
    RETURNED = "returned", "待您补正"
    APPROVED = "approved", "已批准"
    IN_NOTICE = "in_notice", "公示中"
    PAYABLE = "payable", "待拨付"
    COMMITTED = "committed", "已列入批次"
    PAID = "paid", "已拨付"
    REJECTED = "rejected", "不予支持"
    WITHDRAWN = "withdrawn", "已撤回"


#: States whose claims a settlement leaves out.
UNCOUNTED_STATES = frozenset({State.DRAFT, State.REJECTED, State.WITHDRAWN})
#: States whose claims a settlement takes; a returned one counts with the facts last submitted.
COUNTED_STATES = frozenset(State) - UNCOUNTED_STATES
#: A live claim occupies its subject: at most one per enterprise, item, year and subject.
LIVE_STATES = frozenset(State) - {State.REJECTED, State.WITHDRAWN}
#: States in which the enterprise may change what it declares.
EDITABLE_STATES = frozenset({State.DRAFT, State.RETURNED})
#: States that only a locked amount can be in.
LOCKED_STATES = frozenset({State.APPROVED, State.IN_NOTICE, State.PAYABLE, State.COMMITTED, State.PAID})
