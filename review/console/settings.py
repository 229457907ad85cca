"""Settings of a year, filing periods, rates of cities, and extensions of deadlines."""

from functools import partial

from django.contrib import admin
from django.core.exceptions import PermissionDenied

from accounts.cities import City
from accounts.roles import CITY_ROLES, Role
from applications import code_lists
from applications.errors import NotAllowed
from applications.models import CityRate, DeadlineExtension, FilingPeriod, YearSettings
from applications.visibility import enterprises_for_office
from measures.countries import country_name
from review.extensions import deadline_extend

from .base import PROVINCE, OfficeAdmin, choice_filter
from .controls import item_title
from .rates_together import RatesTogether
from .settings_forms import CityRateForm, ExtensionForm, FilingPeriodForm, YearSettingsForm, percent_text
from .site import console
from .versions import SETTINGS, VersionAdmin


def _codes_text(name, codes):
    return "、".join(code_lists.code_words(name, code) for code in codes)


@admin.register(YearSettings, site=console)
class YearSettingsAdmin(VersionAdmin):
    """The province's settings of a year."""

    note = (
        "4.1、4.2 的比例、重点市场、计息天数、海关数据的汇总清单和各种办理期限。没有设置的年度按默认值计算。"
    )
    form = YearSettingsForm
    list_fields = ("key_markets", *code_lists.NAMES)
    words = {
        "bank_cost_rate": percent_text,
        "key_markets": lambda codes: "、".join(map(country_name, codes)),
        **{name: partial(_codes_text, name) for name in code_lists.NAMES},
    }
    fieldsets = (
        (None, {"fields": ("year", "basis")}),
        ("金融机构费用（4.1、4.2）", {"fields": ("bank_cost_rate", "day_count")}),
        ("重点市场（7.2）", {"fields": ("rcep_members", "key_markets")}),
        (
            "海关月度明细怎样汇总",
            {
                "fields": ("cross_border_codes", "resource_codes", "local_origins", "agricultural_codes"),
                "description": "年度数由月度明细按这些清单汇总。清单改动发布后，本年度的汇总数全部重新计算；直接导入的年度数不受影响。",
            },
        ),
        (
            "办理期限与抽查",
            {"fields": ("return_days", "notice_days", "support_days", "second_check_percent")},
        ),
    )
    list_display = (
        "year",
        "version",
        "status",
        "bank_cost_rate",
        "key_markets",
        "day_count",
        "drafter",
        "publisher",
        "published_at",
    )
    list_filter = (choice_filter("year"),)


@admin.register(FilingPeriod, site=console)
class FilingPeriodAdmin(VersionAdmin):
    """Filing periods."""

    note = "什么时候受理哪个年度的申报，费用日期的范围，是否先由市级初审。"
    form = FilingPeriodForm
    words = {"items": lambda codes: "、".join(map(item_title, codes))}
    list_display = (
        "title",
        "year",
        "version",
        "status",
        "opens_on",
        "deadline",
        "city_first_check",
        "drafter",
        "publisher",
    )
    list_filter = (choice_filter("year"),)
    search_fields = ("title",)


@admin.register(CityRate, site=console)
class CityRateAdmin(RatesTogether, VersionAdmin):
    """Rates of cities: two people with the city's commerce post draft and publish their own city's."""

    note = "3.3、5.4、5.5 由市（地）规定比例。没有规定的不能支付，规定为 0 的算已经规定。"
    form = CityRateForm
    keepers = frozenset({Role.CITY_COMMERCE})
    words = {"item": item_title, "rate": percent_text}
    list_display = (
        "city",
        "year",
        "item",
        "version",
        "status",
        "rate",
        "drafter",
        "publisher",
        "published_at",
    )
    list_filter = (choice_filter("city"), choice_filter("year"), choice_filter("item"))

    def get_queryset(self, request):
        """A city sees its own rates."""
        rows = super().get_queryset(request)
        if request.user.has_post(*PROVINCE):
            return rows
        return rows.filter(city__in=_cities(request.user))

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        """A city sets nobody else's rate."""
        if db_field.name == "city":
            own = _cities(request.user, Role.CITY_COMMERCE)
            kwargs["choices"] = [(city.value, city.label) for city in City if city in own]
        return super().formfield_for_choice_field(db_field, request, **kwargs)


def _cities(user, *roles):
    return {post.city for post in user.posts_in_force() if post.role in (roles or CITY_ROLES)}


@admin.register(DeadlineExtension, site=console)
class DeadlineExtensionAdmin(OfficeAdmin):
    """Extensions, granted by provincial commerce; a record, so that none is changed."""

    group = SETTINGS
    note = "截止后确需申报的企业，登记延长到哪一天和原因。"
    form = ExtensionForm
    viewers = PROVINCE | {Role.CITY_COMMERCE}
    keepers = frozenset({Role.COMMERCE})
    add_word = "登记延期"
    list_display = ("firm", "code", "period", "until", "reason", "granted_by", "granted_at")
    search_fields = ("enterprise__name", "enterprise__credit_code__startswith")

    def has_change_permission(self, request, obj=None):
        return False

    def get_fields(self, request, obj=None):
        if obj:
            return ("firm", "code", "period", "until", "reason", "granted_by", "granted_at")
        return ("credit_code", "period", "until", "reason")

    def get_queryset(self, request):
        """A city sees its own firms'."""
        rows = super().get_queryset(request).select_related("enterprise", "period", "granted_by")
        return rows.filter(enterprise__in=enterprises_for_office(request.user))

    @admin.display(description="企业", ordering="enterprise__name")
    def firm(self, row):
        """The firm's name."""
        return row.enterprise.name

    @admin.display(description="信用代码")
    def code(self, row):
        """The firm's credit code."""
        return row.enterprise.credit_code

    def save_model(self, request, obj, form, change):
        try:
            made = deadline_extend(
                enterprise=form.firm,
                period=obj.period,
                until=obj.until,
                reason=obj.reason,
                actor=request.user,
                source_ip=request.META["REMOTE_ADDR"],
            )
        except NotAllowed as refusal:
            raise PermissionDenied(refusal.message) from refusal
        obj.pk, obj.enterprise = made.pk, made.enterprise

    def event_title(self, event):
        return "登记延期"
