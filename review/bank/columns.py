"""The columns of a bank's result sheet: one table for the reader and for the template that is handed out."""

import re

from applications.bank_accounts import name_plain
from applications.imports import dates, values, words
from applications.imports.cells import shown
from applications.imports.kinds.parts import DAY, DAY_NOTE, MONEY
from applications.imports.problems import CellRefused
from applications.imports.table import Column, Kind
from applications.imports.values import half_width, is_number, quoted
from review.models import BankResult, PaymentLine

R = PaymentLine.Result
#: What the bank says, in its words.
RESULTS = {"成功": R.PAID, "失败": R.FAILED, "退汇": R.RETURNED}
WORDS = {result: word for word, result in RESULTS.items()}
#: What banks write before the word, and another word of theirs: 交易成功, 付款失败, 已退汇, 退票.
_BEFORE = re.compile("^(?:交易|支付|付款|处理|已)+")
_OTHER_WORDS = {"退票": "退汇"}
#: The longest reason and reference that a payment keeps.
NOTE_MOST = PaymentLine._meta.get_field("result_note").max_length
REFERENCE_MOST = PaymentLine._meta.get_field("bank_reference").max_length


#: What banks put around digits so that a spreadsheet program leaves them as they are: '6200, `6200, ="6200".
_KEPT_AS_TEXT = re.compile(r"""\s*=?["'’‘‛′ʹʼ`´“”]+(.*?)["“”]*\s*""", re.DOTALL)


def _bare(value):
    match = _KEPT_AS_TEXT.fullmatch(value) if isinstance(value, str) else None
    return match[1] if match else value


def _number_text(longest):
    """A parser for numbers as the bank writes them: as `words.number_text`, without what keeps them text."""
    parse = words.number_text(longest)
    return lambda value: parse(_bare(value))


def reference_normal(text):
    """A reference as it is kept and compared: in one width, without white space."""
    return name_plain(text)


_reference_text = _number_text(REFERENCE_MOST)


def _reference(value):
    """The bank's reference of a payment."""
    return _reference_text(reference_normal(value) if isinstance(value, str) else value)


def _position(value):
    """The number of a payment in its batch."""
    value = _bare(value)
    text = shown(value) if is_number(value) else half_width(value) if isinstance(value, str) else ""
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or not int(text):
        raise CellRefused("bad_choice", f"不是支付序号：{quoted(value)}。请填拨付表里的支付序号，例如 3。")
    return int(text)


_choice = words.choice(RESULTS)


def _result(value):
    """What the bank did."""
    if isinstance(value, str):
        word = _BEFORE.sub("", "".join(half_width(value).split()))
        value = _OTHER_WORDS.get(word, word) if word in {*RESULTS, *_OTHER_WORDS} else value
    return _choice(value)


SHEET = Kind(
    "bank-results",
    "银行回执",
    BankResult,
    (
        Column("批次号", "batch", _number_text(24), required=True, names=("批次", "批次编号", "拨付批次", "拨付批次号"), example="BF20220001", width=18, note="拨付表上的批次号。"),
        Column("支付序号", "position", _position, required=True, names=("支付编号", "付款序号"), example=1, width=10, sql="integer", note="拨付表上的支付序号。"),
        Column("户名", "payee_name", words.text(120), required=True, names=("收款人", "收款人名称", "收款户名", "收款人户名", "账户名称"), example="示例口岸商贸有限公司", width=34, note="与拨付表一致。"),
        Column("账号", "payee_account", _number_text(40), required=True, names=("收款账号", "收款人账号", "收款账户", "银行账号", "帐号"), example="62000000000000001", width=26, note="单元格须为文本格式，否则表格软件会丢掉后几位。"),
        Column("金额", "amount_cny", values.amount, required=True, names=("支付金额", "付款金额", "交易金额", "拨付金额"), unit="元", example=values.amount("70000"), width=18, sql=MONEY, note="单位是元，与拨付表一分不差。"),
        Column("结果", "result", _result, required=True, names=("支付结果", "付款结果", "交易结果", "处理结果"), choices=tuple(RESULTS), show=WORDS.get, example="成功", width=10, note="成功、失败或退汇。还没有结果的，整行的结果、原因、银行流水号和日期留空。"),
        Column("原因", "reason", words.text(NOTE_MOST), names=("失败原因", "退汇原因", "原因说明"), empty="", example="", width=30, note="失败和退汇必须填写，例如户名与账号不符。企业会看到。"),
        Column("银行流水号", "reference", _reference, names=("流水号", "交易流水号", "回单号", "凭证号"), empty="", example="SLYH00000001", width=24, note="选填。一个流水号只能用于一笔支付。"),
        Column("日期", "day", dates.day, names=("结果日期", "支付日期", "付款日期", "交易日期", "退汇日期"), example="2022-03-01", width=14, sql=DAY, note=f"银行付款、失败或退汇的日期，填了结果就要填。{DAY_NOTE}"),
    ),
    key=("batch", "position"),
    notes=(
        "一张表只填一个批次；可以分几次导入，还没有结果的支付留空。",
        "全部正确才会导入，有一处不对就都不导入，并列出每一处的行和列。",
        "已经导入过、结果没有变化的行可以保留，不会重复记录。",
    ),
)  # fmt: skip
#: What may be empty in a row whose result is not known yet.
OPEN_FIELDS = ("result", "reason", "reference", "day")
