"""What of a returned claim stays, whatever is sent."""

import pytest
from django.urls import reverse

from applications.claims import claim_submit
from applications.errors import Refused
from applications.evidence import document_of, evidence_add, evidence_remove
from applications.lifecycle import transition
from applications.models import Claim, State, TradeFigures, VerifiedValue
from applications.official_changes import official_save
from tests.factories import NOW, declared, make_claim, make_file

from .steps import EXHIBITION, back, page_of, read, send

pytestmark = pytest.mark.django_db


def test_the_page_has_inputs_for_what_is_open_alone(as_owner, exhibited):
    text = read(as_owner, exhibited)
    assert 'name="booth_cny"' in text
    assert "审核意见：押金不属于展位费。" in text
    assert "审核意见：看不清展位号。" in text
    for closed in (
        "organiser",
        "exhibition_name",
        "other_support",
        "invoices-0-amount_cny",
        "evidence-invoices",
    ):
        assert f'name="{closed}"' not in text
    for shown in ("示例主办单位", "没有退回，不能更改", "100,000.00 元"):
        assert shown in text
    assert '<a href="#id_booth_cny">展位费</a>' in text
    assert '<a href="#ev-photos">材料：参展照片</a>' in text


def test_where_everything_is_open_the_page_says_so(as_owner, firm, period, commerce):
    claim = make_claim(firm, "5.1", period, facts={"booth_cny": "1"}, particulars=EXHIBITION)
    text = read(as_owner, back(claim, commerce))
    assert "审核没有指明具体项目，整份申报都可以修改。" in text
    assert "只有展会名称、展期第一天不能改" in text
    assert 'name="organiser"' in text
    assert 'name="exhibition_name"' not in text


TAMPERED = {
    "booth_cny": "90000",
    "freight_cny": "7",
    "organiser": "别的单位",
    "exhibition_name": "别的展会",
    "other_support": "yes",
    "other_support_cny": "5",
    "invoices-TOTAL_FORMS": "1",
    "invoices-INITIAL_FORMS": "0",
    "invoices-0-invoice_number": "别的",
}


@pytest.mark.parametrize("address", ["claim_edit", "claim_autosave"])
def test_what_is_closed_stays_whatever_is_posted(as_owner, exhibited, address):
    as_owner.post(page_of(exhibited, address), TAMPERED)
    exhibited.refresh_from_db()
    assert exhibited.draft["facts"] == {"booth_cny": "90000"}
    assert exhibited.draft["particulars"] == EXHIBITION
    assert exhibited.draft["other_support"] == {"answer": "no", "amount": ""}
    send(as_owner, exhibited)
    exhibited.refresh_from_db()
    assert exhibited.state == State.COMMERCE_REVIEW
    assert exhibited.facts == {"booth_cny": "90000.00"}
    assert exhibited.particulars == EXHIBITION
    assert exhibited.other_support_cny == 0


def test_the_estimate_takes_no_notice_of_closed_fields(as_owner, exhibited):
    answer = as_owner.post(page_of(exhibited, "claim_estimate"), TAMPERED)
    assert answer.context["expected"]["amount"] == 63000


def test_what_is_closed_stays_for_callers_without_a_form(exhibited, owner):
    what = declared(
        {"booth_cny": "90000.00", "freight_cny": "7.00"}, {**EXHIBITION, "organiser": "别的"}, "5"
    )
    claim = claim_submit(claim_id=exhibited.pk, actor=owner, declared=what)
    assert claim.facts == {"booth_cny": "90000.00"}
    assert claim.particulars == EXHIBITION
    assert claim.other_support_cny == 0


@pytest.mark.parametrize("button", [{"add_row": "invoices"}, {"remove_row": "invoices-0"}])
def test_rows_of_a_closed_table_neither_come_nor_go(as_owner, exhibited, button):
    as_owner.post(page_of(exhibited), {"booth_cny": "1", **button})
    exhibited.refresh_from_db()
    assert exhibited.draft["particulars"]["invoices"] == EXHIBITION["invoices"]


def test_one_value_of_a_row_is_open_and_the_rows_stay(as_owner, lent, commerce):
    claim = back(lent, commerce, {"loans[1].interest_paid_cny": "按回单填写。"})
    text = read(as_owner, claim)
    assert 'name="loans-1-interest_paid_cny"' in text
    for closed in ("loans-0-interest_paid_cny", "loans-1-principal_cny", "add_row", "remove_row"):
        assert f'name="{closed}"' not in text
    posted = {
        "loans-TOTAL_FORMS": "1",
        "loans-INITIAL_FORMS": "0",
        "loans-0-interest_paid_cny": "1",
        "loans-1-interest_paid_cny": "18000",
        "loans-1-principal_cny": "9",
    }
    as_owner.post(page_of(claim), {**posted, "loans-TOTAL_FORMS": "2"})
    claim.refresh_from_db()
    rows = claim.draft["facts"]["loans"]
    assert [row["interest_paid_cny"] for row in rows] == ["160000.00", "18000"]
    assert rows[1]["principal_cny"] == "2000000.00"
    as_owner.post(page_of(claim), posted)
    claim.refresh_from_db()
    assert len(claim.draft["facts"]["loans"]) == 2


def test_a_row_that_must_stay_cannot_be_emptied(as_owner, lent, commerce):
    open_all = {f"loans[0].{name}": "请核对。" for name in ("issued_on", "loan_number")}
    claim = back(lent, commerce, open_all)
    posted = {"loans-TOTAL_FORMS": "2", "loans-INITIAL_FORMS": "0", "action": "submit"}
    answer = as_owner.post(page_of(claim), posted)
    assert answer.status_code == 422
    assert "贷款 1，发放日期：请填写这一项。" in answer.content.decode()


def test_files_of_closed_documents_neither_come_nor_go(as_owner, exhibited, firm, owner):
    closed, opened = (document_of(exhibited.rule, code) for code in ("invoices", "photos"))
    use = exhibited.evidence.get(document="invoices")
    with pytest.raises(Refused, match="这项材料没有退回"):
        evidence_add(claim=exhibited, document=closed, file=make_file(firm), actor=owner)
    with pytest.raises(Refused, match="这项材料没有退回"):
        evidence_remove(claim=exhibited, evidence_id=use.pk, actor=owner)
    as_owner.post(reverse("portal:evidence_remove", args=[exhibited.number, use.pk]))
    use.refresh_from_db()
    assert use.removed_at is None
    evidence_add(claim=exhibited, document=opened, file=make_file(firm), actor=owner)
    assert exhibited.evidence.filter(document="photos", removed_at=None).count() == 3


def test_a_file_that_was_short_can_be_replaced_after_it_has_come(firm, owner, period, commerce):
    claim = make_claim(firm, "5.1", period, facts={"booth_cny": "1"}, particulars=EXHIBITION)
    claim.evidence.filter(document="travel_records").delete()
    back(claim, commerce, {"booth_cny": "请核对。"})
    document = document_of(claim.rule, "travel_records")
    use = evidence_add(claim=claim, document=document, file=make_file(firm), actor=owner)
    evidence_remove(claim=claim, evidence_id=use.pk, actor=owner)
    assert not claim.evidence.filter(document="travel_records", removed_at=None).exists()
    other = evidence_add(claim=claim, document=document, file=make_file(firm), actor=owner)
    assert claim.evidence.get(document="travel_records", removed_at=None) == other


def test_the_draft_begins_as_what_was_last_submitted(as_owner, exhibited, commerce, owner):
    Claim.objects.filter(pk=exhibited.pk).update(draft={"facts": {"booth_cny": "77"}}, draft_saved_at=None)
    assert 'value="100000.00"' in read(as_owner, exhibited)


def test_what_was_typed_stays_when_the_return_is_taken_back_and_made_anew(as_owner, exhibited, commerce):
    as_owner.post(page_of(exhibited, "claim_autosave"), {"booth_cny": "88000"})
    transition(claim_id=exhibited.pk, action="recall", actor=commerce)
    exhibited.refresh_from_db()
    text = read(as_owner, back(exhibited, commerce, {"booth_cny": "请核对。", "organiser": "请填全称。"}))
    assert 'value="88000"' in text
    assert 'value="示例主办单位"' in text


def test_a_verified_value_of_what_was_not_changed_stays_in_force(exhibited, owner, commerce):
    value = VerifiedValue.objects.create(
        claim=exhibited, path="booth_cny", declared="100000.00", value="90000.00", reason="押金。",
        entered_by=commerce, entered_at=NOW,
    )  # fmt: skip
    claim_submit(claim_id=exhibited.pk, actor=owner, declared=declared({"booth_cny": "100000"}, EXHIBITION))
    value.refresh_from_db()
    assert value.lapsed_at is None


def test_what_a_claim_is_about_stays_though_it_has_left_the_register(as_owner, firm, period, commerce):
    claim = make_claim(firm, "3.4", period, facts={"warehouse": "W9"})
    back(claim, commerce)
    as_owner.post(page_of(claim), {"warehouse": "", "other_support": "no", "action": "submit"})
    assert send(as_owner, claim, explanation="没有变化。").status_code == 302
    claim.refresh_from_db()
    assert claim.facts == {"warehouse": "W9"}


def test_figures_that_changed_meanwhile_are_told(as_owner, firm, period, commerce, lent):
    claim = back(lent, commerce, {"bank_fees_cny": "请核对。"})
    row = TradeFigures.objects.get(credit_code=firm.credit_code, year=2025)
    row.local_product_export_cny = "80000000"
    official_save(row, actor=commerce)
    words = "2025 年地产品出口额由 90,000,000.00 元 变为 80,000,000.00 元"
    assert words in read(as_owner, claim)
