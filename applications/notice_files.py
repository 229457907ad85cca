"""公示表 as files that anybody may take: xlsx and PDF, made when they are asked for and kept while nothing changes."""

import hashlib
import logging

from django.core.cache import cache
from redis.exceptions import RedisError

from applications.letters.parts import listing, table, text
from applications.letters.pdf import list_pdf
from applications.notice_list import notice_state, office_of, rows_of, sums_of
from measures import registry
from measures.money import grouped, in_words

XLSX, PDF = "xlsx", "pdf"
#: The kinds of file and what they are to a browser.
KINDS = {
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    PDF: "application/pdf",
}
#: A file is kept for a day, seconds.
_KEPT = 86400
log = logging.getLogger(__name__)


def sheet_made_by(maker):
    """Says who makes the xlsx: `maker(notice)` returns its bytes. The kit for sheets lives on the administration's side."""
    _MAKERS[XLSX] = maker


def notice_tag(notice, kind):
    """The entity tag of a file of a notice."""
    digest = hashlib.sha256(f"{kind}|{notice_state(notice)}".encode()).hexdigest()[:32]
    return f'"{digest}"'


def notice_file(notice, kind):
    """The bytes of the list of a notice as xlsx or pdf; the same bytes while nothing of it changes."""
    key = f"notice-file:{kind}:{notice_tag(notice, kind)}"
    content = _kept(key)
    if content is None:
        content = _MAKERS[kind](notice)
        _keep(key, content)
    return content


def _kept(key):
    try:
        return cache.get(key)
    except RedisError:
        log.warning("The files of notices are made anew, because the cache does not answer.")
        return None


def _keep(key, content):
    try:
        cache.set(key, content, _KEPT)
    except RedisError:
        log.warning("The file of a notice is not kept, because the cache does not answer.")


def period_text(notice):
    """From when to when a notice runs, as its files say it."""
    marked = "" if notice.certain else "（预计）"
    return f"{notice.first_day:%Y-%m-%d} 至 {notice.last_day:%Y-%m-%d}{marked}，{notice.days} 个工作日"


def notice_pdf(notice):
    """公示表 as the bytes of a PDF: how to object, the lines, and what they add up to by measure and city."""
    lines = notice.lines.order_by("pk")
    sums = sums_of(notice.lines)
    rows = [
        [
            str(row["number"]),
            row["line"].enterprise_name,
            row["line"].credit_code,
            row["city"],
            f"{row['item'].code} {row['item'].title}",
            ("已撤出公示 " if row["line"].withdrawn_at else "") + grouped(row["line"].amount_cny),
        ]
        for row in rows_of(lines)
    ]
    content = {
        "title": notice.title,
        "parts": [
            text(
                f"发布：{office_of(notice.payer)}　公示期：{period_text(notice)}。",
                f"依据《{registry.POLICY_TITLE}》（{registry.POLICY_NUMBER}）。公示期内任何单位和个人都可以在平台上"
                "对其中任何一项提出异议。已撤出公示的不计入合计，不按这次公示拨付。",
            ),
            listing(
                f"拟支持名单（{sums.count} 项，{sums.firms} 家企业；单位：元）",
                ("序号", "企业名称", "统一社会信用代码", "市（地）", "支持事项", "金额"),
                rows,
                shares=(6, 23, 21, 12, 23, 15),
                right=(0, 5),
                total=("", "合计", "", "", "", grouped(sums.amount_cny)),
                note=f"合计大写：{in_words(sums.amount_cny)}",
            ),
            _parts_table("按措施汇总", "措施", sums.by_measure),
            _parts_table("按市（地）汇总", "市（地）", sums.by_city),
        ],
    }
    return list_pdf(content, name=f"公示编号 {notice.number}")


def _parts_table(title, head, parts):
    rows = [[part.label, str(part.count), grouped(part.amount_cny)] for part in parts]
    return table(title, (head, "项数", "金额（元）"), rows, shares=(60, 12, 28), right=(1, 2))


_MAKERS = {PDF: notice_pdf}
