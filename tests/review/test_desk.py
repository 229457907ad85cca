"""The desk: what one screen shows of a claim, to whom, and what it costs."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.files import path_of
from applications.lifecycle import transition
from applications.models import CityRate, Claim, ClaimEvidence, LprRate, RegisteredEnterprise
from applications.record import event_add
from measures import registry
from review.verification import value_verify
from tests.factories import (
    NOW,
    exhibition,
    give_evidence,
    make_claim,
    make_figures,
    make_file,
    make_firm,
    make_period,
    owner_of,
    settle_all,
)
from tests.support.files import PDF

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim(officers):
    return make_claim(
        make_firm(), "5.1", make_period(), facts={"booth_cny": "100000"}, particulars=exhibition()
    )


def desk(client, claim, **query):
    answer = client.get(reverse("review:claim", args=[claim.number]), query)
    assert answer.status_code == 200
    return answer


def lines(answer):
    return {line.label: line for group in answer.context["groups"] for line in group.lines}


def test_declared_official_and_verified_stand_side_by_side(officers, sign_in):
    firm = make_firm()
    make_figures(firm, resource_import_cny="302600000")
    LprRate.objects.create(published_on=date(2024, 10, 21), one_year_percent=Decimal("3.10"))
    loan = {
        "principal_cny": "40000000",
        "issued_on": "2025-01-15",
        "repaid_on": "2025-12-15",
        "interest_paid_cny": "1224666.67",
    }
    claim = make_claim(
        firm,
        "4.1",
        make_period(),
        facts={"landed_cny": "187612000", "bank_fees_cny": "92600", "loans": [loan]},
        particulars={"loans": [{"loan_number": "示例借字1号", "lender": "示例银行"}]},
    )
    value_verify(
        claim_id=claim.pk,
        path="bank_fees_cny",
        value="86400",
        reason="有一笔不在年度内。",
        actor=officers.commerce,
    )
    answer = desk(sign_in(officers.commerce), claim)
    found = lines(answer)
    assert found["2025 年资源类产品进口额"].official == "302,600,000.00"
    assert found["省定补贴比例"].official == "50%"
    fees = found["银行手续费"]
    assert (fees.declared, fees.verified_text, fees.remark) == ("92,600.00", "86,400.00", "核减 6,200.00")
    interest = found["当年实付利息"]
    # 40,000,000 × 3.10% × 334 ÷ 360, cut to the fen.
    assert (interest.declared, interest.official) == ("1,224,666.67", "1,150,444.44")
    assert "按 LPR 计入" in interest.remark
    assert interest.detail == "LPR 3.1%，334 天；实付多 74,222.23"
    assert (fees.declared_wan, interest.declared_wan) == ("", "约 122.47 万元")
    assert fees.detail == "−6.70%"
    assert "示例借字1号，示例银行" in answer.content.decode()


def test_rows_are_added_up_before_them_as_declared_by_rate_and_as_verified(officers, sign_in):
    firm = make_firm()
    make_figures(firm, local_product_export_cny="60000000")
    LprRate.objects.create(published_on=date(2024, 10, 21), one_year_percent=Decimal("3.10"))
    loan = {"principal_cny": "100000", "issued_on": "2025-01-15", "repaid_on": "2025-12-15"}
    loans = [{**loan, "interest_paid_cny": paid} for paid in ("1000", "5000")]
    claim = make_claim(firm, "4.2", make_period(), facts={"bank_fees_cny": "1", "loans": loans})
    client = sign_in(officers.commerce)
    groups = desk(client, claim).context["groups"]
    titles = [group.title for group in groups]
    assert titles[titles.index("贷款合计") :] == ["贷款合计", "贷款 1", "贷款 2"]
    sums = {line.label: line for line in groups[titles.index("贷款合计")].lines}
    assert (sums["贷款本金"].declared, sums["贷款本金"].declared_wan) == ("200,000.00", "20 万元")
    # 100,000 × 3.10% × 334 ÷ 360, twice.
    interest = sums["当年实付利息"]
    assert (interest.declared, interest.official, interest.verified_text) == ("6,000.00", "5,752.22", "")
    value_verify(
        claim_id=claim.pk,
        path="loans[1].interest_paid_cny",
        value="4000",
        reason="与回单不符。",
        actor=officers.commerce,
    )
    groups = desk(client, claim).context["groups"]
    interest = next(line for line in groups[titles.index("贷款合计")].lines if line.label == "当年实付利息")
    assert (interest.verified_text, interest.remark, interest.detail) == (
        "5,000.00",
        "核减 1,000.00",
        "−16.67%",
    )


def test_figures_that_are_missing_are_said_to_be_missing(officers, sign_in):
    claim = make_claim(make_firm(), "1.1", make_period())
    answer = desk(sign_in(officers.commerce), claim)
    assert lines(answer)["2025 年进口额"].official == "尚无数据"
    assert answer.context["reasons"]
    assert "不能通过" in answer.content.decode()


def test_every_item_can_be_shown(officers, sign_in):
    firm, period, client = make_firm(), make_period(), sign_in(officers.commerce)
    CityRate.objects.create(
        city="2301", year=2025, item="5.5", rate=Decimal("0.5"), published_at=NOW, source="示例文件"
    )
    RegisteredEnterprise.objects.create(
        credit_code=firm.credit_code, name=firm.name, city="2301", source="示例"
    )
    facts = {
        "2.1": {"platform": "示例平台1"},
        "3.2": {"site": "示例独立站", "construction_cny": "1000"},
        "3.4": {"warehouse": "示例仓1"},
        "7.2": {"premiums": [{"premium_cny": "1000", "market": "JP", "new_mode": True}]},
    }
    money_items = [code for code, item in registry.ITEMS.items() if not item.support]
    for code in money_items:
        claim = make_claim(firm, code, period, facts=facts.get(code, {}), particulars=exhibition(code))
        assert desk(client, claim).context["claim"].item == code


def test_the_computation_is_explained_with_its_clauses(officers, sign_in, claim):
    answer = desk(sign_in(officers.commerce), claim)
    steps = answer.context["steps"]
    assert [step["title"] for step in steps] == ["按规则计算", "限额", "扣除其他省级支持", "年度总额度"]
    assert [step["amount"] for step in steps] == [Decimal("70000.00")] * 4
    assert all(step["clause_text"] for step in steps)
    page = answer.content.decode()
    assert page.count("<h3>") >= 4
    assert all(step["text"] in page for step in steps)


def test_markets_are_called_by_their_names(officers, sign_in):
    premiums = [{"premium_cny": "1000", "market": "JP", "new_mode": True}]
    claim = make_claim(make_firm(), "7.2", make_period(), facts={"premiums": premiums})
    text = desk(sign_in(officers.commerce), claim).context["steps"][0]["text"]
    assert "1,000.00（日本）" in text
    assert "JP" not in text


def test_the_history_says_who_when_from_where_and_why(officers, sign_in, claim):
    transition(
        claim_id=claim.pk,
        action="return",
        actor=officers.commerce,
        reason="请补发票。",
        data={"fields": {"booth_cny": "与发票不符。"}},
        source_ip="192.0.2.7",
    )
    page = desk(sign_in(officers.commerce2), claim).content.decode()
    for part in (
        "退回补正",
        "示例审核员甲",
        "192.0.2.7",
        "请补发票。",
        "商务审核 → 等待企业",
        "与发票不符。",
    ):
        assert part in page


def test_what_finance_sent_back_says_so_on_top_until_it_moves_on(officers, sign_in, claim):
    client = sign_in(officers.commerce2)
    assert desk(client, claim).context["news"] == []
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce)
    transition(claim_id=claim.pk, action="send_back", actor=officers.finance, reason="账户与发票不一致。")
    [entry] = desk(client, claim).context["news"]
    assert (entry.title, entry.who, entry.reason) == ("退回商务审核", "示例财政员甲", "账户与发票不一致。")
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce2)
    assert desk(sign_in(officers.finance), claim).context["news"] == []


def test_a_corrected_claim_says_on_top_what_was_to_be_corrected_and_that_nothing_was(
    officers, sign_in, claim
):
    notes = {"fields": {"booth_cny": "与发票不符。", "ev-gone": "请重新扫描。"}}
    transition(
        claim_id=claim.pk, action="return", actor=officers.commerce, reason="请核对展位费。", data=notes
    )
    client = sign_in(officers.commerce)
    answer = desk(client, claim)
    [returned] = answer.context["news"]
    assert returned.places == ["展位费：与发票不符。", "请重新扫描。"]
    assert answer.context["correction"] is None
    transition(
        claim_id=claim.pk,
        action="resubmit",
        actor=owner_of(claim.enterprise),
        data={"untouched": ["展位费"]},
    )
    answer = desk(client, claim)
    assert answer.context["news"] == []
    correction = answer.context["correction"]
    assert (correction.returned.reason, correction.changed, correction.untouched) == ("请核对展位费。", 0, 1)
    [place] = correction.places
    assert (place.label, place.note, place.untouched) == ("展位费", "与发票不符。", True)


def test_an_amount_that_fell_back_shows_what_it_was_and_what_it_is(officers, sign_in, claim):
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce)
    perform_fall_back(claim, payable="42000.00")
    answer = desk(sign_in(officers.commerce), claim)
    [entry] = answer.context["news"]
    assert entry.title == "金额变化，退回商务审核"
    assert [(each.label, each.old, each.new) for each in entry.changes] == [
        ("应付", "70,000.00 元", "42,000.00 元")
    ]
    assert '<del class="diff">70,000.00 元</del> 改为 <ins class="diff">42,000.00 元</ins>' in (
        answer.content.decode()
    )


def perform_fall_back(claim, *, payable):
    """What a settlement does where the first three steps are not what commerce approved."""
    steps = ("computed_cny", "capped_cny", "after_overlap_cny", "payable_cny")
    Claim.objects.filter(pk=claim.pk).update(**dict.fromkeys(steps, Decimal(payable)))
    transition(claim_id=claim.pk, action="fall_back")


def test_finance_sees_how_the_limit_alone_has_changed_the_amount(officers, sign_in, claim):
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce)
    for old, new in (("70000.00", "60000.00"), ("60000.00", "55000.00")):
        before = dict.fromkeys(("computed_cny", "capped_cny", "after_overlap_cny"), "70000.00")
        changed = {"old": {**before, "payable_cny": old}, "new": {**before, "payable_cny": new}}
        event_add(kind="claim.limit_changed", claim=claim, data=changed)
    [entry] = desk(sign_in(officers.finance), claim).context["news"]
    assert entry.title == "总额度变化，应付金额改变"
    assert [(each.old, each.new) for each in entry.changes] == [("70,000.00 元", "55,000.00 元")]


def test_the_chosen_document_is_open_and_each_kind_is_shown_its_own_way(officers, sign_in, claim):
    use = ClaimEvidence.objects.filter(claim=claim).first()
    files = {kind: make_file(claim.enterprise, f"示例.{kind}") for kind in ("jpeg", "pdf", "xlsx")}
    kinds = {"jpeg": "image/jpeg", "pdf": "application/pdf", "xlsx": "application/vnd.ms-excel"}
    for kind, file in files.items():
        file.content_type = kinds[kind]
        file.save()
        put_bytes(file)
        ClaimEvidence.objects.create(
            claim=claim, document=use.document, file=file, added_by=owner_of(claim.enterprise), added_at=NOW
        )
    client = sign_in(officers.commerce)
    for kind, tag in (("jpeg", "<img "), ("pdf", "<iframe "), ("xlsx", "下载 ")):
        answer = desk(client, claim, file=files[kind].pk)
        assert answer.context["open"].file == files[kind]
        assert tag in answer.content.decode()
    assert desk(client, claim, file="x").context["open"].file == use.file


def put_bytes(file):
    """Something where the file's content belongs."""
    place = path_of(file.sha256)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(PDF)


def test_a_document_without_its_bytes_says_so_in_its_place(officers, sign_in, claim):
    page = desk(sign_in(officers.commerce), claim).content.decode()
    assert "文件的内容没有找到" in page
    assert "<iframe" not in page
    put_bytes(ClaimEvidence.objects.filter(claim=claim).first().file)
    page = desk(sign_in(officers.commerce), claim).content.decode()
    assert "文件的内容没有找到" not in page
    assert "<iframe" in page


def test_files_that_were_taken_out_are_not_shown(officers, sign_in, claim):
    ClaimEvidence.objects.filter(claim=claim).update(removed_at=NOW)
    answer = desk(sign_in(officers.commerce), claim)
    assert answer.context["open"].file is None
    assert "企业没有上传这份材料" in answer.content.decode()


def test_the_year_and_the_firms_other_claims_stand_beside(officers, sign_in, claim):
    CityRate.objects.create(
        city="2301", year=2025, item="5.4", rate=Decimal("0.4"), published_at=NOW, source="示例文件"
    )
    other = make_claim(claim.enterprise, "5.4", claim.period, facts={"credit_report_cny": "10000"})
    answer = desk(sign_in(officers.commerce), claim)
    assert [row.claim for row in answer.context["firm"].rows] == [claim, other]
    assert answer.context["year"].limit_claim == claim
    # The city's finance office reads what it pays, and of all else of the firm one sum.
    firm = desk(sign_in(officers.cityfin), other).context["firm"]
    assert [row.claim for row in firm.rows] == [other]
    assert firm.unread == Decimal("70000.00")
    assert [row.label for row in firm.bar.rows] == ["5.4", "其他"]


def test_one_loan_or_twenty_cost_the_same_queries(officers, sign_in):
    client, counts = sign_in(officers.commerce), []
    LprRate.objects.create(published_on=date(2024, 10, 21), one_year_percent=Decimal("3.10"))
    period = make_period()
    for number in (1, 20):
        firm = make_firm(f"示例{number}公司")
        make_figures(firm, local_product_export_cny="60000000")
        loans = [{"principal_cny": "1", "issued_on": "2025-01-01"} for _ in range(number)]
        claim = make_claim(firm, "4.2", period, facts={"loans": loans})
        for _ in range(number - 1):
            give_evidence(claim)
        with CaptureQueriesContext(connection) as queries:
            desk(client, claim)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 50


@pytest.mark.parametrize(
    ("name", "status"),
    [("city", 200), ("heihe", 404), ("cityfin", 404), ("finance", 200), ("auditor", 200), ("customs", 403)],
)
def test_a_claim_exists_only_for_whoever_may_read_it(officers, sign_in, claim, name, status):
    answer = sign_in(getattr(officers, name)).get(reverse("review:claim", args=[claim.number]))
    assert answer.status_code == status


def test_drafts_exist_for_no_office(officers, sign_in):
    draft = make_claim(make_firm(), "5.1", make_period(), particulars=exhibition(), submit=False)
    assert sign_in(officers.auditor).get(reverse("review:claim", args=[draft.number])).status_code == 404


def test_a_page_that_waits_for_an_amount_is_told_when_there_is_one(officers, sign_in, claim):
    client = sign_in(officers.commerce)
    address = reverse("review:computing", args=[claim.number])
    settled = client.get(address)
    assert (settled.status_code, settled["HX-Trigger"]) == (200, "settled")
    value_verify(claim_id=claim.pk, path="booth_cny", value="1", reason="减少。", actor=officers.commerce)
    assert client.get(address).status_code == 204
    page = desk(client, claim)
    assert address in page.content.decode()
    assert "正在重新计算" in page.content.decode()


def test_an_amount_of_before_never_stands_there_as_if_it_were_the_last(officers, sign_in, claim):
    """The worker may settle the year at any moment, here right after the page has read the claim."""
    value_verify(claim_id=claim.pk, path="booth_cny", value="1", reason="减少。", actor=officers.commerce)
    settled = []

    def settle_between(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if not settled and 'FROM "applications_claim"' in sql and claim.number in params:
            settled.append(settle_all())
        return result

    with connection.execute_wrapper(settle_between):
        page = desk(sign_in(officers.commerce), claim)
    assert settled
    assert "正在重新计算" in page.content.decode()


def test_an_auditor_reads_and_has_no_button(officers, sign_in, claim):
    answer = desk(sign_in(officers.auditor), claim)
    assert answer.context["actions"] == []
    assert not answer.context["may_verify"]
    assert "现在可以办理的有：示例审核员乙、示例审核员甲" in answer.content.decode()


def test_whoever_can_decide_is_not_told_who_else_could(officers, sign_in, claim):
    assert desk(sign_in(officers.commerce), claim).context["others"] is None


def test_marks_stand_beside_the_state(officers, sign_in, claim):
    claim.late = True
    claim.save()
    assert "逾期提交" in desk(sign_in(officers.commerce), claim).content.decode()


def test_waiting_days_stand_in_the_head(officers, sign_in, claim):
    claim.state_since = claim.state_since - timedelta(days=30)
    claim.save()
    assert "个工作日" in desk(sign_in(officers.commerce), claim).content.decode()


# --- What was typed and not saved ----------------------------------------------------------------


def sent_with(client, claim, action="approve", **values):
    """What the desk sends with an approval: its token, and the verified values as they stand in their fields."""
    page = desk(client, claim)
    fields = {}
    for line in (line for group in page.context["groups"] for line in group.lines if line.fact):
        for field in (line.value_field, line.reason_field):
            fields[field.html_name] = field.value() or ""
    fields |= {"token": page.context["token"], **values}
    return client.post(reverse("review:decide", args=[claim.number, action]), fields)


@pytest.mark.parametrize("value", ["90000", "9万", "100000"])
def test_nothing_is_approved_while_a_typed_value_has_not_been_saved(officers, sign_in, claim, value):
    client = sign_in(officers.commerce)
    answer = sent_with(client, claim, **{"value:booth_cny": value})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "核定数有改动，还没有保存，所以没有办理。" in text
    assert f'value="{value}"' in text, "what was typed stays"
    claim.refresh_from_db()
    assert (claim.state, claim.payable_cny) == ("commerce_review", Decimal("70000.00"))


def test_a_saved_value_stands_in_the_way_of_nothing_until_it_is_changed(officers, sign_in, claim):
    value_verify(
        claim_id=claim.pk, path="booth_cny", value="90000.00", reason="押金。", actor=officers.commerce
    )
    settle_all(claim)
    client = sign_in(officers.commerce)
    assert sent_with(client, claim, **{"value:booth_cny": ""}).status_code == 409
    assert sent_with(client, claim, **{"reason:booth_cny": "另一个理由"}).status_code == 409
    assert sent_with(client, claim).status_code == 302
    claim.refresh_from_db()
    assert (claim.state != "commerce_review", claim.payable_cny) == (True, Decimal("63000.00"))


def test_of_a_page_that_is_no_longer_true_that_alone_is_said(officers, sign_in, claim):
    client = sign_in(officers.commerce)
    page = desk(client, claim)
    value_verify(
        claim_id=claim.pk, path="booth_cny", value="90000.00", reason="押金。", actor=officers.commerce
    )
    fields = {"token": page.context["token"], "value:booth_cny": "", "reason:booth_cny": ""}
    answer = client.post(reverse("review:decide", args=[claim.number, "approve"]), fields)
    assert answer.status_code == 409
    assert "这一页已经过时" in answer.content.decode()
    assert "核定数有改动" not in answer.content.decode()
