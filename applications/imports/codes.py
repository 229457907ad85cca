"""Codes: of firms, of customs supervision, of goods, and the numbers that offices give. Parsers as in `values`."""

import re

from applications.credit_code import credit_code_fault, credit_code_normal
from applications.imports.cells import shown
from applications.imports.problems import CellRefused
from applications.imports.values import half_width, is_number, quoted

#: Marks that spreadsheet programs and people put before a code so that it stays text.
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘‛′ʹʼ`´\"“”"))
_SCIENTIFIC = re.compile(r"[0-9]+(?:\.[0-9]*)?E\+[0-9]+|[0-9]+\.[0-9]*E[0-9]+")
#: A number with more digits has lost those behind the fifteenth.
_EXACT_DIGITS = 15

_DAMAGED = (
    "被表格软件变成了数字：{}，后几位已经丢失，无法恢复。请把这一列的格式设为“文本”，再按原件重新填写。"
)


def credit_code(value):
    """The 18 characters of a credit code. Raises `damaged_code` for what was a code, `bad_credit_code` for the rest.

    The check digit is not judged: a wrong one is questioned by the reading, not refused.
    """
    if is_number(value):
        if abs(value) >= 10**_EXACT_DIGITS:
            raise CellRefused("damaged_code", _DAMAGED.format(quoted(value)))
        raise CellRefused("bad_credit_code", f"不是信用代码：{quoted(value)}。信用代码应是 18 位。")
    text = half_width(value if isinstance(value, str) else shown(value)).translate(_APOSTROPHES)
    code = credit_code_normal(text)
    if _SCIENTIFIC.fullmatch(code):
        raise CellRefused("damaged_code", _DAMAGED.format(quoted(value)))
    if fault := credit_code_fault(code):
        raise CellRefused("bad_credit_code", f"不正确：{quoted(value)}。{fault}")
    return code


def supervision_code(value):
    """Four digits; zeros in front that a numeric cell has lost are put back."""
    code = _whole(value)
    code = code.zfill(4) if is_number(value) and code else code
    if len(code) != 4:
        raise CellRefused("bad_choice", f"不正确：{quoted(value)}。监管方式应是 4 位数字，例如 0110。")
    return code


def hs_code(value):
    """Four to ten digits; a zero in front that a numeric cell has lost is put back, to an even number of digits."""
    code = _whole(value)
    code = code.zfill(len(code) + len(code) % 2) if is_number(value) else code
    if not 4 <= len(code) <= 10:
        raise CellRefused(
            "bad_choice", f"不正确：{quoted(value)}。商品编码应是 4 到 10 位数字，例如 44071910。"
        )
    return code


def _whole(value):
    """The digits of a whole number or of a text of nothing but digits; "" for all else."""
    if not (is_number(value) or isinstance(value, str)):
        return ""
    text = f"{value:.15g}" if is_number(value) else half_width(value)
    return text if text.isascii() and text.isdigit() else ""
