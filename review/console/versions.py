"""The pages of settings that have versions: drafting, comparing with what is in force, publishing."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from accounts.roles import CITY_ROLES, Role
from applications.errors import Refused
from review.publishing import (
    KEYS,
    TITLES,
    changed_values,
    is_holder,
    newest_published,
    publishers_of,
    version_add,
    version_change,
    version_draft,
    version_publish,
    versions_of,
)

from .base import PROVINCE, OfficeAdmin

SETTINGS = "年度设置"


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
