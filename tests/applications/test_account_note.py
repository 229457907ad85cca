"""What a claim says about the account that its money goes to, and about a change of it that is pending."""

from datetime import timedelta

import pytest

from applications.bank_accounts import Account, account_change, change_withdraw
from applications.claims import claim_withdraw
from applications.portal.account_note import account_note, change_note
from tests.factories import NOW, exhibition, make_claim, make_firm, make_period, make_user, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim():
    facts = {"booth_cny": "100000"}
    return make_claim(make_firm(), "5.1", make_period(), facts=facts, particulars=exhibition())


def change(claim, *, colleague=False):
    firm = claim.enterprise
    if colleague:
        firm.memberships.create(user=make_user("colleague"), since=NOW)
    account = Account(firm.name, "示例银行", "6222000000001234")
    return account_change(
        enterprise_id=firm.pk, actor=owner_of(firm), account=account, at=NOW + timedelta(hours=1)
    )


def test_every_claim_that_is_not_paid_shows_what_is_and_what_will_be(client, claim):
    now = claim.enterprise.bank_accounts.get()
    assert change_note(claim) is None
    pending = change(claim, colleague=True)
    assert change_note(claim).text == (
        f"收款账户正在变更：现在是尾号 {now.tail}，将改为尾号 1234，由另一位同事确认后生效。"
        "生效前列入拨付批次的款项，仍转入原账户。"
    )
    client.force_login(owner_of(claim.enterprise))
    page = client.get(f"/claims/{claim.number}/").content.decode()
    assert "将改为尾号 1234" in page
    assert "6222000000001234" not in page
    change_withdraw(change_id=pending.pk, actor=owner_of(claim.enterprise))
    assert change_note(claim) is None


def test_a_change_that_waits_says_until_when(claim):
    change(claim)
    assert "等待到 3 月 5 日（预计）后生效" in change_note(claim).text


def test_a_claim_that_brings_no_more_money_says_nothing(claim):
    change(claim)
    claim = claim_withdraw(claim_id=claim.pk, actor=owner_of(claim.enterprise))
    assert change_note(claim) is None


def test_a_claim_that_is_paid_to_an_insurer_names_the_insurers_account():
    particulars = {
        "payee_name": "示例保险公司",
        "payee_bank": "示例银行",
        "payee_account": "6222000000007777",
    }
    claim = make_claim(
        make_firm(), "7.1", make_period(), facts={"premium_cny": "1"}, particulars=particulars, submit=False
    )
    claim.particulars = particulars
    change(claim)
    assert account_note(claim) == "款项将转入尾号 7777 的账户。"
    assert change_note(claim) is None


def test_without_an_account_the_firm_is_asked_for_one(claim):
    claim.enterprise.bank_accounts.all().delete()
    assert account_note(claim) == "请先登记收款账户。"
