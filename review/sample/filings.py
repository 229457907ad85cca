"""What the firms of the sample file, and what became of each claim: every item of measures 1 to 7, every state.

Days count working days back from today. Amounts are yuan, as the forms give them.
"""

from .claims import Filing, Step, course, opened
from .rows import exhibition, invoices, loan, premium, receipts

HARBIN = ("city-harbin", "commerce1", "finance1")
HARBIN_RUN = ("city-harbin", "cityfin1-harbin")
HEIHE = ("city-heihe", "commerce2", "finance1")
YICHUN = ("city-yichun", "commerce2", "finance2")
QIQIHAR = ("city-qiqihar", "commerce2", "finance1")
MUDANJIANG = ("city-mudanjiang", "commerce1", "finance2")
#: An invoice that two firms of two cities give for their exhibitions: each finds it flagged on the desk.
SHARED_INVOICE = "SL00880001"


def filings(year):
    """All filings; `year` is the year that is filed for now."""
    return (
        *_former(),
        *_firm1(year),
        *_firm2(year),
        *_firms_of_harbin(year),
        *_firm_of_yichun(year),
        *_firm5(),
        *_firms_elsewhere(year),
    )


def _former():
    """The year before: paid, once demanded back, and one filed late with an extension."""
    booth = {"booth_cny": "186000.00", "travel_cny": "42600.00"}
    late = (Step(31, "open"), Step(30, "submit"))
    counted = {"path": "booth_cny", "value": "206000.00"}
    more = Step(8, "verify", "commerce2", "核查发现漏计一张 20,000.00 元的展位费发票。", counted)
    return (
        Filing(
            "firm1", "5.1", (*course(290, "commerce1", "finance1"), more), booth,
            exhibition("示例东方经济展览会"), years_back=1, mark=" former",
        ),
        Filing("firm8", "1.1", course(289, "commerce2", "finance2"), years_back=1, mark=" former"),
        Filing(
            "firm6", "2.1", course(288, "commerce1", "finance1"), {"platform": "PT-001"},
            years_back=1, mark=" former",
        ),
        Filing("firm2", "7.3", late, {"premium_cny": "96000.00"}, years_back=1, mark=" late"),
    )  # fmt: skip


def _firm1(year):
    """The firm whose combined limit cuts: 4.2 sets it at two million, and what comes last gets nothing."""
    loans = [
        loan("60000000.00", f"{year}-02-10", f"{year}-12-20", "1700000.00"),
        loan("40000000.00", f"{year - 1}-11-01", None, "1150000.00"),
    ]
    online = (
        *course(9),
        Step(
            4,
            "return",
            "city-harbin",
            "参展合同没有盖章，参展费与发票金额不一致。请补正后重新提交。",
            {
                "fields": {
                    "ev-contract": "缺少签字或盖章，请补齐后上传。",
                    "participation_cny": "金额与凭证不一致，请核对。请按发票金额填写。",
                    "invoices": "票面金额与参展费不一致，请一并核对。",
                },
                "grounds": [
                    {"code": "amount_differs", "place": "participation_cny"},
                    {"code": "seal_missing", "place": "ev-contract"},
                ],
            },
        ),
    )
    answered = (
        *course(34, "city-harbin"),
        Step(
            9, "ask", "commerce2", "保单第 2 页列有国内运输附加险，保费 268,000.00 元是否已经扣除这一部分？"
        ),
        Step(6, "answer", "", "已经扣除。附加险另开发票，不在申报的保费里，见所附保单。"),
    )
    half = {"facts": {"booth_cny": "52000"}, "particulars": {"exhibition_name": "示例中亚商品展"}}
    return (
        Filing(
            "firm1", "4.2", course(36, *HARBIN), {"bank_fees_cny": "86000.00", "loans": loans},
            receipts(1, "52000.00", "34000.00", year=year),
        ),
        Filing(
            "firm1", "7.2", course(35, *HARBIN),
            {"premiums": [premium("600000.00", "RU"), premium("100000.00", "KR", True)]},
        ),
        Filing("firm1", "7.3", answered, {"premium_cny": "268000.00"}, clerk="firm1b"),
        Filing(
            "firm1", "5.1", course(24, *HARBIN), {"booth_cny": "128000.00", "freight_cny": "36500.00"},
            exhibition("示例首尔食品展", "KR"),
        ),
        Filing(
            "firm1", "5.3", online, {"participation_cny": "58000.00"}, exhibition("示例线上农产品展"),
            clerk="firm1b",
        ),
        Filing(
            "firm1", "5.5", (*course(30), Step(28, "withdraw")), {"trademark_cny": "26000.00"},
        ),
        Filing("firm1", "5.2", (*opened(3), Step(2, "save", data=half)), clerk="firm1b"),
        Filing("firm1", "6.1", opened(2)),
    )  # fmt: skip


def _firm2(year):
    """A firm of 黑河: an insurer as payee, a city-run item with a rate of its own, one returned."""
    payee = {
        "payee_name": "示例保险公司黑龙江分公司",
        "payee_bank": "示例银行哈尔滨分行",
        "payee_account": "0000000030000001",
    }
    asked = (
        *course(33, "city-heihe"),
        Step(2, "ask", "commerce3", f"{year} 年进口额比上一年增加较多，请说明主要商品和新增的供货渠道。"),
    )
    returned = (
        *course(16, "city-heihe"),
        Step(
            8,
            "return",
            "commerce3",
            "落地使用加工证明只有合同，没有入库单。请补齐后重新提交。",
            {
                "fields": {"ev-landing": "缺页或份数不够，请补齐。请补充入库单。"},
                "grounds": [{"code": "incomplete_file", "place": "ev-landing"}],
            },
        ),
    )
    landed = {
        "landed_cny": "203000000.00",
        "bank_fees_cny": "41000.00",
        "loans": [loan("50000000.00", f"{year}-03-05", f"{year}-11-28", "1180000.00")],
    }
    return (
        Filing("firm2", "1.1", asked),
        Filing("firm2", "7.1", course(35, *HEIHE), {"premium_cny": "184500.00"}, payee),
        Filing("firm2", "3.3", course(14), {"entry_fee_cny": "30000.00", "promotion_cny": "64000.00"}),
        Filing(
            "firm2", "5.1", course(5), {"booth_cny": "88000.00", "lodging_cny": "12400.00"},
            exhibition("示例符拉迪沃斯托克展会")
            | invoices(
                year, (SHARED_INVOICE, "booth_cny", "88000.00"), ("SL00880002", "lodging_cny", "12400.00")
            ),
        ),
        Filing("firm2", "4.1", returned, landed, receipts(2, "41000.00", year=year)),
        Filing("firm2", "2.1", opened(2), {"platform": "PT-002"}),
        Filing("firm2", "5.5", opened(4), {"certification_cny": "45000.00"}),
    )  # fmt: skip


def rests_on(clause, ground):
    """What a rejection needs besides its reason: the clause of the policy and what of it is not met."""
    return {"grounds": [{"code": ground, "clause": clause}]}


def _firms_of_harbin(year):
    site = {"site": "shop.example", "site_trade_cny": "21500000.00", "construction_cny": "900000.00"}
    refused = (
        *course(18, "city-harbin"),
        Step(
            11,
            "reject",
            "commerce1",
            "企业不在国家级双循环名单内，不符合条件。",
            rests_on("6.1", "not_on_register"),
        ),
    )
    sent_back = (
        *course(22, "city2-harbin", "commerce1"),
        Step(14, "send_back", "finance2", "第 2 笔贷款的利息回单看不清，请再核对金额。"),
        Step(13, "hold", "commerce2"),
    )
    ore = {
        "landed_cny": "1210000000.00",
        "bank_fees_cny": "132000.00",
        "loans": [
            loan("80000000.00", f"{year}-01-15", f"{year}-10-15", "1790000.00"),
            loan("30000000.00", f"{year}-04-01", None, "720000.00"),
        ],
    }
    return (
        Filing("firm4", "3.1", course(20, "city-harbin", "commerce2", "finance2")),
        Filing("firm4", "3.2", course(36, "city2-harbin", "commerce2", "finance1"), site),
        Filing(
            "firm4", "3.3", course(34, *HARBIN_RUN),
            {"entry_fee_cny": "40000.00", "promotion_cny": "80000.00"},
        ),
        Filing("firm4", "5.5", course(13, "city2-harbin"), {"brand_cny": "60000.00"}),
        Filing(
            "firm4", "7.2", course(12, "city2-harbin", "commerce2"),
            {"premiums": [premium("84000.00", "JP", True), premium("39000.00", "US", True)]},
        ),
        Filing(
            "firm8", "5.1", course(35, "city2-harbin", "commerce1", "finance2"),
            {"booth_cny": "240000.00", "freight_cny": "60000.00"}, exhibition("示例莫斯科机械展"),
        ),
        Filing(
            "firm8", "5.1", course(25, "city2-harbin", "commerce2", "finance2"),
            {"booth_cny": "190000.00"}, exhibition("示例胡志明市工业展", "VN"), mark=" second",
        ),
        Filing("firm8", "7.3", course(21, *HARBIN), {"premium_cny": "230000.00"}),
        Filing(
            "firm8", "5.4", course(32, *HARBIN_RUN),
            {"credit_report_cny": "36000.00", "online_promotion_cny": "44000.00"},
        ),
        Filing("firm8", "5.5", course(15), {"certification_cny": "115000.00"}),
        Filing("firm8", "6.1", refused),
        Filing("firm9", "1.1", course(26, "city-harbin", "commerce2")),
        Filing("firm9", "4.1", sent_back, ore, receipts(9, "98000.00", "34000.00", year=year)),
    )  # fmt: skip


def _firm_of_yichun(year):
    timber = {
        "landed_cny": "196000000.00",
        "bank_fees_cny": "57000.00",
        "loans": [loan("45000000.00", f"{year}-02-20", f"{year}-12-10", "1240000.00")],
    }
    verified = (
        *course(28, "city-yichun"),
        Step(
            20,
            "verify",
            "commerce1",
            "利息回单合计与申报数不一致，按回单核定。",
            {"path": "loans[0].interest_paid_cny", "value": "1108600.00"},
        ),
        Step(20, "check", "commerce1", data={"document": "declarations", "verdict": "seen"}),
        Step(20, "check", "commerce1", data={"document": "interest_receipts", "verdict": "seen"}),
        Step(
            20,
            "note",
            "commerce1",
            "利息回单已与银行对账单逐笔核对。\n落地使用加工证明还要问一下企业所在市。",
        ),
    )
    unrated = (
        *course(11),
        Step(
            6,
            "reject",
            "city-yichun",
            "本市没有设定这一事项的补贴比例，无法支持。",
            rests_on("3.3", "city_rate_not_set"),
        ),
    )
    return (
        Filing("firm3", "4.1", verified, timber, receipts(3, "57000.00", year=year)),
        Filing("firm3", "7.3", course(21, *YICHUN), {"premium_cny": "142000.00"}),
        Filing(
            "firm3", "5.1", course(20, *YICHUN), {"booth_cny": "76000.00", "travel_cny": "23800.00"},
            exhibition("示例大阪建材展", "JP"),
        ),
        Filing("firm3", "3.3", unrated, {"entry_fee_cny": "18000.00"}),
    )  # fmt: skip


def _firm5():
    """A firm of 齐齐哈尔 that has a rejection looked at again, and a claim that came back corrected."""
    reconsidered = (
        *course(27, "city-qiqihar"),
        Step(19, "reject", "commerce1", "保险单的被保险人不是申报企业。", rests_on("7.3", "not_proved")),
        Step(16, "reconsider", reason="保险单批单已更正被保险人，请重新审核。"),
    )
    return (
        Filing(
            "firm5", "3.5", course(36, *QIQIHAR),
            {"served_smes": 31, "trade_handled_cny": "342000000.00"}, other="200000.00",
        ),
        Filing("firm5", "7.3", reconsidered, {"premium_cny": "240000.00"}),
        Filing(
            "firm5", "5.2", _corrected(), {"booth_cny": "64000.00", "freight_cny": "18800.00"},
            exhibition("示例曼谷采购展", "TH"),
        ),
    )  # fmt: skip


def _corrected():
    """The course of a claim whose documents were checked, returned, and handed in again with one of them as it was."""
    return (
        *course(17),
        Step(13, "check", "city-qiqihar", data={"document": "agency_contract", "verdict": "seen"}),
        Step(
            13,
            "check",
            "city-qiqihar",
            "第 2 页看不清，请重新上传。",
            {"document": "invoices", "verdict": "problem"},
        ),
        Step(
            13,
            "return",
            "city-qiqihar",
            "展品运输费的发票日期不在费用期间内。",
            {
                "fields": {
                    "freight_cny": "请去掉期间以外的费用。",
                    "invoices": "请去掉期间以外的发票。",
                    "ev-invoices": "第 2 页看不清，请重新上传。",
                }
            },
        ),
        Step(
            7,
            "resubmit",
            reason="已去掉期间以外的一笔运费。凭证第 2 页为银行原件扫描，无法更清楚。",
            data={"freight_cny": "11800.00"},
        ),
    )


def _firms_elsewhere(year):
    return (
        Filing("firm6", "2.1", course(35, *MUDANJIANG), {"platform": "PT-001"}),
        Filing(
            "firm6", "7.3", (*course(12, "city-mudanjiang", "commerce1"), Step(4, "pass", "commerce3")),
            {"premium_cny": "175000.00"},
        ),
        Filing("firm7", "7.2", course(36, *QIQIHAR), {"premiums": [premium("500000.00", "KR")]}),
        Filing("firm7", "3.4", course(35, *QIQIHAR), {"warehouse": "HWC-001"}),
        Filing("firm7", "6.1", course(18, "city-qiqihar", "commerce1")),
        Filing(
            "firm10", "5.1", course(8), {"booth_cny": "54000.00", "lodging_cny": "9600.00"},
            exhibition("示例哈巴罗夫斯克商品展")
            | invoices(
                year, (SHARED_INVOICE, "booth_cny", "54000.00"), ("SL00540002", "lodging_cny", "9600.00")
            ),
        ),
        Filing("firm10", "7.1", course(6), {"premium_cny": "33000.00"}),
        Filing("firm10", "6.1", opened(3)),
        Filing("firm11", "5.1", opened(1), {"booth_cny": "30000.00"}, exhibition("示例乌兰巴托展会", "MN")),
    )  # fmt: skip
