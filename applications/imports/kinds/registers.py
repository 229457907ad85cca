"""Registers: platforms and who is in them, warehouses, lists of firms, and the province's own register of firms."""

from applications.imports import dates, words
from applications.imports.kinds import parts
from applications.imports.table import Column, Kind
from applications.models import (
    AgriculturalExporter,
    DiscreditedEnterprise,
    DualCirculationEntry,
    OverseasWarehouse,
    Platform,
    PlatformMember,
    RegisteredEnterprise,
)

_DESIGNATED = ("认定时间", "认定日", "批准日期", "批准时间", "公布日期", "授牌日期")
_NEVER_DELETES = "导入只新增和修改，不删除。登记错的行请在管理后台作废。"

_level, _levels, _level_show = parts.labels(Platform.Level)


def _platform_number(model, field):
    return parts.number_text(
        model, field, "平台编号", required=True, example="PT001", width=14, note="认定文件中的编号。",
        names=("编号", "平台代码", "平台编码", "平台号"),
    )  # fmt: skip


def _firms(name, title, model, sentence):
    """A list of firms whose entries hold for a time."""
    return Kind(
        name,
        title,
        model,
        (parts.credit_code(), parts.name(model), *parts.since_until()),
        key=("credit_code", "since"),
        notes=(sentence, "同一企业可以有几行，起始日期不同即可。", _NEVER_DELETES),
    )


PLATFORMS = Kind(
    "platforms",
    "外贸促进平台",
    Platform,
    (
        _platform_number(Platform, "number"),
        parts.text(Platform, "name", "平台名称", required=True, names=("名称", "平台全称", "平台"), example="示例外贸促进平台", width=30, note="认定文件中的全称。"),
        Column(
            "级别", "level", _level, required=True, names=("平台级别", "认定级别", "等级", "平台等级"), choices=_levels,
            show=_level_show, example="省级", width=10, note="填国家级或省级。升为国家级的另加一行。",
        ),
        parts.operator_code("企业信用代码"),
        parts.day("designated_on", "认定日期", required=True, names=_DESIGNATED, example="2022-03-01"),
    ),
    key=("number", "level"),
    notes=("一个平台的一次认定一行；先认定为省级、后认定为国家级的有两行。", _NEVER_DELETES),
)  # fmt: skip

PLATFORM_MEMBERS = Kind(
    "platform-members",
    "平台内企业",
    PlatformMember,
    (_platform_number(PlatformMember, "platform_number"), parts.credit_code(), *parts.since_until()),
    key=("platform_number", "credit_code", "since"),
    notes=("平台须先登记。企业不必已在本系统注册。", _NEVER_DELETES),
)

WAREHOUSES = Kind(
    "warehouses",
    "省级海外仓",
    OverseasWarehouse,
    (
        parts.number_text(
            OverseasWarehouse, "number", "海外仓编号", required=True, example="HWC001", width=14, note="认定文件中的编号。",
            names=("编号", "海外仓代码", "海外仓编码", "海外仓号", "仓库编号", "仓库代码"),
        ),
        parts.text(OverseasWarehouse, "name", "名称", required=True, names=("海外仓名称", "仓库名称", "海外仓", "海外仓全称"), example="示例莫斯科海外仓", width=30, note="认定文件中的全称。"),
        parts.text(OverseasWarehouse, "country", "国家", names=("国家（地区）", "所在国家", "所在国", "所在国家（地区）", "国别", "国别（地区）", "海外仓所在国家"), example="俄罗斯", width=14, note="选填。"),
        parts.operator_code(),
        parts.day("designated_on", "认定日期", required=True, names=_DESIGNATED, example="2022-03-01"),
    ),
    key=("number",),
    notes=("一个海外仓一行。", _NEVER_DELETES),
)  # fmt: skip

DUAL_CIRCULATION = Kind(
    "dual-circulation",
    "国家级双循环名单",
    DualCirculationEntry,
    (
        parts.credit_code(),
        parts.name(DualCirculationEntry),
        parts.text(DualCirculationEntry, "batch", "批次", names=("认定批次", "入选批次", "名单批次", "批次号"), example="第一批", width=12, note="选填。"),
    ),
    key=("credit_code",),
    notes=("一家企业一行，对所有年度有效。", _NEVER_DELETES),
)  # fmt: skip

AGRICULTURAL = _firms(
    "agricultural", "农产品出口企业", AgriculturalExporter, "名单在某一年度内任何一天有效的，该年度就算在内。"
)
DISCREDITED = _firms(
    "discredited", "失信企业", DiscreditedEnterprise, "名单只用于提醒审核人员，不影响金额计算。"
)

ENTERPRISES = Kind(
    "enterprises",
    "企业名录",
    RegisteredEnterprise,
    (
        parts.credit_code(),
        parts.name(RegisteredEnterprise, required=True, note="按营业执照填写。"),
        parts.city(),
        parts.year("introduced_year", "引进年度", names=("引进年份", "引进年"), note="选填，仅新引进的企业填写。"),
        Column(
            "自贸区", "ftz", words.yes_or_no, names=("是否自贸区", "是否自贸区企业", "是否在自贸区", "是否属于自贸区", "自贸区企业", "自贸试验区", "是否自贸试验区", "是否自贸试验区企业", "自贸试验区企业"),
            choices=("是", "否"), show=words.yes_or_no_show, empty=False, sql=parts.FLAG, example="否", width=10, note="填是或否，不填表示否。",
        ),
        Column(
            "成立日期", "established_on", dates.founding_day, names=("成立时间", "注册日期", "注册时间", "成立日", "企业成立日期"),
            sql=parts.DAY, example="2015-06-18", width=14, note="选填。",
        ),
        parts.text(RegisteredEnterprise, "address", "地址", names=("企业地址", "注册地址", "单位地址", "住所", "详细地址"), example="黑龙江省哈尔滨市示例路1号", width=34, note="选填。"),
        parts.text(RegisteredEnterprise, "phone", "联系电话", names=("电话", "联系方式", "企业电话", "电话号码", "联系人电话"), example="0451-00000000", width=18, note="选填。请用文本格式，以免丢掉开头的 0。"),
    ),
    key=("credit_code",),
    notes=("一家企业一行。市（地）、自贸区和引进年度以这份名录为准。", _NEVER_DELETES),
)  # fmt: skip
