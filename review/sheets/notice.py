"""公示表 as a spreadsheet that anybody may take: no account, no telephone, no person."""

from accounts.cities import City
from applications.notice_files import period_text
from applications.notice_list import office_of, sums_of
from measures import registry
from measures.money import grouped
from review.sheets.kit import (
    CENTRED,
    COUNT,
    MONEY,
    TEXT,
    Column,
    Heading,
    book_bytes,
    book_new,
    sheet_add,
)


def _remark(line):
    return f"已撤出公示，原 {grouped(line.amount_cny)} 元" if line.withdrawn_at else ""


COLUMNS = (
    Column("序号", 7, lambda row: row[0], COUNT),
    Column("企业名称", 34, lambda row: row[1].enterprise_name, TEXT),
    Column("统一社会信用代码", 22, lambda row: row[1].credit_code, CENTRED),
    Column("市（地）", 14, lambda row: City(row[1].city).label, CENTRED),
    Column("支持事项", 34, lambda row: f"{row[1].item} {registry.item(row[1].item).title}", TEXT),
    # What has been withdrawn does not add up.
    Column("拟支持金额（元）", 18, lambda row: None if row[1].withdrawn_at else row[1].amount_cny, MONEY),
    Column("备注", 24, lambda row: _remark(row[1]), CENTRED),
)
PARTS = (
    Column("项目", 44, lambda part: part.label, TEXT),
    Column("项数", 12, lambda part: part.count, COUNT),
    Column("金额（元）", 22, lambda part: part.amount_cny, MONEY),
)


def notice_xlsx(notice):
    """公示表 as the bytes of an xlsx: the list, and what it adds up to by measure and by city."""
    book = book_new(office_of(notice.payer))
    sums = sums_of(notice.lines)
    lines = (
        f"发布单位：{office_of(notice.payer)}",
        (f"公示编号：{notice.number}　公示期：{period_text(notice)}", "单位：元"),
    )
    rows = enumerate(notice.lines.order_by("pk").iterator(chunk_size=1000), start=1)
    sheet_add(
        book,
        "公示表",
        Heading(notice.title, lines),
        COLUMNS,
        rows,
        words="拟支持金额（元）",
    )
    for name, parts in (("按措施汇总", sums.by_measure), ("按市（地）汇总", sums.by_city)):
        heading = Heading(f"{notice.title}（{name}）", lines)
        sheet_add(book, name, heading, PARTS, parts, total=("项数", "金额（元）"))
    return book_bytes(book)
