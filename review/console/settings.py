"""Settings of a year as versions, the rates of cities, and extensions of deadlines."""

import re
from decimal import Decimal

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from accounts.cities import City
from accounts.roles import CITY_ROLES, Role
from applications.errors import Refused
from applications.forms.countries import COUNTRIES, country_name
from applications.models import CityRate, DeadlineExtension, Enterprise, FilingPeriod, YearSettings
from applications.visibility import enterprises_for_office
from measures import registry
from review.extensions import deadline_extend
from review.publishing import (
    CITY_ITEMS,
    KEYS,
    TITLES,
    changed_values,
    is_holder,
    newest_published,
    publishers_of,
    rate_limit,
    version_add,
    version_change,
    version_draft,
    version_publish,
    versions_of,
)

from .base import PROVINCE, OfficeAdmin, choice_filter
from .controls import CreditCodeField
from .official import item_title
from .site import console

SETTINGS = "年度设置"
MONEY_ITEMS = [(code, item_title(code)) for code, item in registry.ITEMS.items() if not item.support]


def percent_text(rate):
    """A rate between 0 and 1 as people say it: 0.5 is 50%."""
    return f"{(rate * 100).normalize():f}%"


class PercentField(forms.DecimalField):
    """A rate between 0 and 1, entered and shown as a percentage."""

    def __init__(self, **kwargs):
        super().__init__(max_digits=7, decimal_places=6, **kwargs)
        self.widget.attrs.update({"inputmode": "decimal"})

    def prepare_value(self, value):
        return percent_text(value).removesuffix("%") if isinstance(value, Decimal) else value

    def to_python(self, value):
        typed = str(value).replace("%", "").replace("％", "").strip() if value is not None else value
        percent = super().to_python(typed)
        return None if percent is None else percent / 100


class MarketsField(forms.CharField):
    """Countries by their two letters or Chinese names, in one line."""

    def prepare_value(self, value):
        return "、".join(country_name(code) for code in value) if isinstance(value, list) else value

    def clean(self, value):
        by_name = {name: code for code, name in COUNTRIES.items()}
        codes = []
        for word in re.split(r"[\s,，、;；]+", super().clean(value).strip()):
            code = by_name.get(word, word.upper())
            if word and code not in COUNTRIES:
                raise forms.ValidationError(
                    f"没有找到“{word}”。请填写国家或地区的中文名称，例如 俄罗斯、德国。"
                )
            codes.append(code)
        return sorted({code for code in codes if code})


class YearSettingsForm(forms.ModelForm):
    """The province's settings of a year."""

    bank_cost_rate = PercentField(
        label="4.1、4.2 补贴比例（%）", max_value=Decimal("0.5"), min_value=0, help_text="不超过 50%。"
    )
    key_markets = MarketsField(
        label="其他重点市场",
        required=False,
        help_text="除 RCEP 成员国以外，省里列明的重点市场，用顿号分开。",
    )


class FilingPeriodForm(forms.ModelForm):
    """One filing period."""

    items = forms.MultipleChoiceField(
        label="受理事项",
        required=False,
        choices=MONEY_ITEMS,
        widget=forms.CheckboxSelectMultiple,
        help_text="一项都不选，就是受理全部资金事项。",
    )


class CityRateForm(forms.ModelForm):
    """One city's rate for one of its items."""

    item = forms.ChoiceField(label="事项", choices=[(code, item_title(code)) for code in CITY_ITEMS])
    rate = PercentField(
        label="比例（%）",
        min_value=0,
        help_text="；".join(f"{code} 不超过 {rate_limit(code):.0%}" for code in CITY_ITEMS) + "。",
    )

    def clean(self):
        values = super().clean()
        item, rate = values.get("item") or self.instance.item, values.get("rate")
        if item in CITY_ITEMS and rate is not None and rate > rate_limit(item):
            self.add_error("rate", f"{item_title(item)}的比例不能超过 {rate_limit(item):.0%}。")
        return values


class VersionAdmin(OfficeAdmin):
    """A setting: a new version is drafted, changed by its drafter, and published by another holder of the post."""

    group = SETTINGS
    keepers = frozenset({Role.DATA})
    viewers = PROVINCE | CITY_ROLES
    change_form_template = "admin/version_form.html"
    search_word = "名称"
    form_note = "这里保存的是草稿，由另一位同事核对发布后才生效。"

    @property
    def add_word(self):
        """A new setting is a draft."""
        return f"起草{self.opts.verbose_name}"

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("created_by", "published_by")
        later = self.model.objects.filter(
            **{name: OuterRef(name) for name in KEYS[self.model]},
            version__gt=OuterRef("version"),
            published_at__isnull=False,
        )
        return rows.annotate(overtaken=Exists(later))

    def has_change_permission(self, request, obj=None):
        """A draft is changed by whoever drafted it."""
        if obj is None:
            return super().has_change_permission(request)
        return is_holder(request.user, obj) and not obj.is_published and obj.created_by_id == request.user.pk

    def get_readonly_fields(self, request, obj=None):
        named = KEYS[self.model] if obj and versions_of(obj).count() > 1 else ()
        return (*super().get_readonly_fields(request, obj), *named)

    def get_exclude(self, request, obj=None):
        return ("version", "created_by", "published_by", "published_at")

    def save_model(self, request, obj, form, change):
        save = version_change if change else version_add
        save(obj, actor=request.user, source_ip=request.META["REMOTE_ADDR"])

    def _saved(self, request, obj):
        """Stays on the draft, which says who can publish it."""
        messages.success(request, f"已保存第 {obj.version} 版草稿。")
        return redirect(self._address("change", obj.pk))

    def get_urls(self):
        info = self.opts.app_label, self.opts.model_name
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/draft/", wrap(require_POST(self.draft_view)), name="{}_{}_draft".format(*info)),
            path(
                "<int:pk>/publish/", wrap(require_POST(self.publish_view)), name="{}_{}_publish".format(*info)
            ),
            *super().get_urls(),
        ]

    def draft_view(self, request, pk):
        """起草新版本."""
        row = self._visible(request, pk)
        try:
            row = version_draft(row, actor=request.user, source_ip=request.META["REMOTE_ADDR"])
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, f"已起草第 {row.version} 版。修改后保存，再请另一位同事发布。")
        return redirect(self._address("change", row.pk))

    def publish_view(self, request, pk):
        """发布."""
        row = self._visible(request, pk)
        try:
            years = version_publish(row, actor=request.user, source_ip=request.META["REMOTE_ADDR"])
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, f"第 {row.version} 版已经生效。")
            self.tell_years(request, years)
        return redirect(self._address("change", row.pk))

    def _visible(self, request, pk):
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        if not is_holder(request.user, row):
            raise PermissionDenied
        return row

    def _address(self, page, *args):
        return reverse(
            f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}", args=args
        )

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        context = {"version": None, **(extra_context or {})}
        row = self.get_object(request, object_id) if object_id else None
        if row is not None:
            context["version"] = self._version_context(request, row)
        return super().changeform_view(request, object_id, form_url, context)

    def _version_context(self, request, row):
        holder, others = is_holder(request.user, row), publishers_of(row)
        open_draft = not row.is_published and not row.overtaken
        return {
            "row": row,
            "status": self.status(row),
            "open": open_draft,
            "publishers": others if open_draft else [],
            "differences": self._differences(row) if open_draft else [],
            "may_publish": open_draft and request.user in others,
            "may_draft": holder and row.version >= newest_published(row) and row.is_published,
            "versions": versions_of(row).select_related("created_by", "published_by").order_by("-version"),
            "draft_url": self._address("draft", row.pk),
            "publish_url": self._address("publish", row.pk),
        }

    def _differences(self, row):
        """What a draft would change of the version in force: (label, old, new); nothing where none is in force."""
        in_force = versions_of(row).filter(version=newest_published(row)).first()
        changes = changed_values(in_force, row) if in_force else {}
        return [
            (self.label_for(name), self.stored_words(name, old), self.stored_words(name, new))
            for name, (old, new) in changes.items()
        ]

    @admin.display(description="状态")
    def status(self, row):
        """Where a version stands: 草稿, 生效中, 已被取代, 未采用."""
        if row.overtaken:
            return "已被取代" if row.is_published else "未采用"
        return "生效中" if row.is_published else "草稿"

    @admin.display(description="起草人")
    def drafter(self, row):
        """Who drafted it; the product's own data has nobody."""
        return row.created_by

    @admin.display(description="发布人")
    def publisher(self, row):
        """Who put it in force."""
        return row.published_by

    def event_title(self, event):
        return TITLES[event.kind]


@admin.register(YearSettings, site=console)
class YearSettingsAdmin(VersionAdmin):
    """The province's settings of a year."""

    note = "4.1、4.2 的比例、重点市场、计息天数和各种办理期限。没有设置的年度按默认值计算。"
    form = YearSettingsForm
    words = {
        "bank_cost_rate": percent_text,
        "key_markets": lambda codes: "、".join(map(country_name, codes)),
    }
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
class CityRateAdmin(VersionAdmin):
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


class ExtensionForm(forms.ModelForm):
    """An extension for one firm, named by its credit code."""

    credit_code = CreditCodeField(label="统一社会信用代码", max_length=40)
    period = forms.ModelChoiceField(
        label="申报批次", queryset=FilingPeriod.objects.none(), empty_label="请选择"
    )

    class Meta:
        model = DeadlineExtension
        fields = ("period", "until", "reason")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "period" in self.fields:
            newer = FilingPeriod.objects.filter(
                year=OuterRef("year"), title=OuterRef("title"), version__gt=OuterRef("version")
            ).exclude(published_at=None)
            self.fields["period"].queryset = FilingPeriod.objects.exclude(published_at=None).exclude(
                Exists(newer)
            )

    def clean_credit_code(self):
        code = self.cleaned_data["credit_code"]
        self.firm = Enterprise.objects.filter(credit_code=code).first()
        if self.firm is None:
            raise forms.ValidationError("没有注册过的企业使用这个信用代码，请核对。")
        return code

    def clean(self):
        values = super().clean()
        if values.get("period") and values.get("until") and values["until"] <= values["period"].deadline:
            self.add_error("until", f"要晚于截止日期 {values['period'].deadline:%Y-%m-%d}。")
        return values


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
        made = deadline_extend(
            enterprise=form.firm,
            period=obj.period,
            until=obj.until,
            reason=obj.reason,
            actor=request.user,
            source_ip=request.META["REMOTE_ADDR"],
        )
        obj.pk, obj.enterprise = made.pk, made.enterprise

    def event_title(self, event):
        return "登记延期"
