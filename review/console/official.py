"""Figures, registers and reference data, as the post "data and rules" keeps them."""

from django import forms
from django.contrib import admin

from accounts.roles import Role
from applications.models import (
    AgriculturalExporter,
    DiscreditedEnterprise,
    DualCirculationEntry,
    Holiday,
    LprRate,
    MonthlyTrade,
    OverseasWarehouse,
    PastAward,
    Platform,
    PlatformMember,
    RegisteredEnterprise,
    TradeFigures,
)
from applications.official_checks import figures_problems
from measures import registry
from measures.countries import country_name

from .base import OfficeAdmin, Standing, choice_filter
from .controls import item_title
from .site import console

REGISTERS = "海关统计与名单"
REFERENCE = "公共参考数据"


class RegisterAdmin(OfficeAdmin):
    """A register: the post "data and rules" adds and changes rows; a wrong one is struck out with a reason."""

    group = REGISTERS
    keepers = frozenset({Role.DATA})
    list_filter = (Standing,)

    @admin.display(description="状态", ordering="struck_reason")
    def standing(self, row):
        """Whether the row counts."""
        return f"已作废：{row.struck_reason}" if row.struck_reason else "有效"


class FiguresForm(forms.ModelForm):
    """Figures of one year, which must not contradict each other."""

    def clean(self):
        values = super().clean()
        figures = {name: values.get(name) for name in TradeFigures.FIGURES}
        for name, problem in figures_problems(figures).items():
            self.add_error(name, problem)
        return values


@admin.register(TradeFigures, site=console)
class TradeFiguresAdmin(OfficeAdmin):
    """Customs figures. A wrong year or code is mended by emptying the row's figures and adding another row."""

    group = REGISTERS
    note = "每家企业每年一行，奖补按这里的数计算。没有数据与数据为 0 不同，没有的不填。"
    keepers = frozenset({Role.DATA})
    form = FiguresForm
    fixed_fields = ("credit_code", "year")
    fields = ("credit_code", "name", "year", *TradeFigures.FIGURES, "source")
    list_display = ("credit_code", "name", "year", *TradeFigures.FIGURES)
    list_filter = (choice_filter("year"),)
    search_fields = ("credit_code__startswith", "name")

    def event_title(self, event):
        """Changes of the year's monthly detail stand in the same history, each with the row that it is about."""
        row = event.data.get("row")
        if not row:
            return super().event_title(event)
        word = "月度明细删去" if event.data.get("removed") else "月度明细修改"
        way = MonthlyTrade.Direction(row["direction"]).label
        places = "、".join(filter(None, (row["origin"], country_name(row["country"]))))
        return (
            f"{word}：{row['month'][:7]} {way} {row['supervision_code']} {row['hs_code']} {places}".rstrip()
        )

    def _field(self, name):
        return super()._field(name) or next(
            (field for field in MonthlyTrade._meta.concrete_fields if field.name == name), None
        )


@admin.register(RegisteredEnterprise, site=console)
class RegisteredEnterpriseAdmin(RegisterAdmin):
    """The province's own register of enterprises."""

    note = "企业所在市（地）、引进年度和自贸区以这里为准。"
    list_display = ("credit_code", "name", "city", "introduced_year", "ftz", "established_on", "standing")
    list_filter = (choice_filter("city"), choice_filter("introduced_year"), Standing)
    search_fields = ("credit_code__startswith", "name")


@admin.register(Platform, site=console)
class PlatformAdmin(RegisterAdmin):
    """Designations of trade platforms."""

    note = "每次认定一行。省级平台后来认定为国家级的，另加一行。"
    search_word = "平台编号、名称或信用代码"
    list_display = ("number", "name", "level", "operator_code", "designated_on", "standing")
    list_filter = (choice_filter("level"), Standing)
    search_fields = ("operator_code__startswith", "number", "name")


@admin.register(PlatformMember, site=console)
class PlatformMemberAdmin(RegisterAdmin):
    """Enterprises inside a platform."""

    note = "省级以上贸易促进平台内的企业，用于 7.2 的补贴比例。"
    search_word = "信用代码、名称或平台编号"
    list_display = ("credit_code", "name", "platform_number", "since", "until", "standing")
    search_fields = ("credit_code__startswith", "name", "platform_number")


class DatedAdmin(RegisterAdmin):
    """A list of enterprises, each from one day to another."""

    list_display = ("credit_code", "name", "since", "until", "standing")
    search_fields = ("credit_code__startswith", "name")


@admin.register(AgriculturalExporter, site=console)
class AgriculturalExporterAdmin(DatedAdmin):
    """Exporters of agricultural products."""

    note = "列入的企业按 7.2 的农产品出口比例计算。"


@admin.register(DiscreditedEnterprise, site=console)
class DiscreditedEnterpriseAdmin(DatedAdmin):
    """Firms that reviewers are warned of."""

    note = "只用来提示审核人员，不改变金额。"


@admin.register(OverseasWarehouse, site=console)
class OverseasWarehouseAdmin(RegisterAdmin):
    """Provincial overseas warehouses."""

    note = "每个省级海外仓一行，用于 3.4。"
    search_word = "海外仓编号、名称或信用代码"
    list_display = ("number", "name", "country", "operator_code", "designated_on", "standing")
    search_fields = ("operator_code__startswith", "number", "name")


@admin.register(DualCirculationEntry, site=console)
class DualCirculationAdmin(RegisterAdmin):
    """The national dual-circulation list."""

    note = "列入国家级双循环企业名单的企业，用于 6.1。"
    list_display = ("credit_code", "name", "batch", "standing")
    search_fields = ("credit_code__startswith", "name")


class PastAwardForm(forms.ModelForm):
    """An award outside the system: of an item that is paid once for ever, for what that item is about."""

    item = forms.ChoiceField(
        label="事项",
        choices=[(code, item_title(code)) for code, item in registry.ITEMS.items() if item.once_for_ever],
    )

    def clean(self):
        values = super().clean()
        asked = registry.item(values["item"]).past_award_keys if "item" in values else ()
        for key in ("subject", "level"):
            if key in asked and not values.get(key):
                self.add_error(key, "这个事项要填这一项。")
            elif "item" in values and key not in asked and values.get(key):
                self.add_error(key, "这个事项不填这一项，请清空。")
        if "item" in values and "subject" not in asked and not values.get("credit_code"):
            self.add_error("credit_code", "这个事项按企业发放，请填信用代码。")
        return values


@admin.register(PastAward, site=console)
class PastAwardAdmin(RegisterAdmin):
    """Awards that were paid before this system, or outside it."""

    note = "一次性奖励在系统外已经拨付的，登记后不再重复支付。"
    form = PastAwardForm
    words = {"item": item_title}
    list_display = ("item", "subject", "level", "credit_code", "awarded_on", "amount_cny", "standing")
    list_filter = (choice_filter("item"), Standing)
    search_word = "信用代码，平台或海外仓编号"
    search_fields = ("credit_code__startswith", "subject")


class ReferenceAdmin(OfficeAdmin):
    """A table that everybody's amounts rest on."""

    group = REFERENCE
    keepers = frozenset({Role.DATA})


@admin.register(LprRate, site=console)
class LprRateAdmin(ReferenceAdmin):
    """Publications of the one-year LPR."""

    note = "全国银行间同业拆借中心每次公布的 1 年期 LPR，用于 4.1、4.2。3.10 表示 3.10%。"
    list_display = ("published_on", "one_year_percent")
    ordering = ("-published_on",)


@admin.register(Holiday, site=console)
class HolidayAdmin(ReferenceAdmin):
    """Days off and worked weekends."""

    note = "国务院办公厅每年公布的放假调休安排，用于计算工作日。"
    form_note = "休息日和调休上班日都要登记。登记错的，改类型即可。"
    fixed_fields = ("day",)
    list_display = ("day", "kind", "name")
    ordering = ("-day",)
    list_filter = (choice_filter("kind"),)
    search_fields = ("name",)
    search_word = "名称"
