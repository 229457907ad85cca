"""The pages of settings that have versions: drafting, comparing with what is in force, who may put it in force."""

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef
from django.shortcuts import redirect

from accounts.roles import CITY_ROLES, Role
from applications.models import JobState
from review.publishing import (
    KEYS,
    TITLES,
    changed_values,
    in_force,
    is_holder,
    needs_adoption,
    newest_published,
    publishers_of,
    version_add,
    version_change,
    versions_of,
    was_adopted,
)
from review.replay import outdated, replays_of, replays_visible
from review.replay_sums import sums_read

from .base import PROVINCE, OfficeAdmin
from .version_steps import VersionSteps

SETTINGS = "年度设置"


class VersionAdmin(VersionSteps, OfficeAdmin):
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
        return rows.annotate(overtaken=Exists(later)).prefetch_related("created_by__posts")

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
        return redirect(self.address("change", obj.pk))

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        context = {"version": None, **(extra_context or {})}
        row = self.get_object(request, object_id) if object_id else None
        if row is not None:
            context["version"] = self._version_context(request, row)
        return super().changeform_view(request, object_id, form_url, context)

    def _version_context(self, request, row):
        holder, open_draft = is_holder(request.user, row), not row.is_published and not row.overtaken
        shown = {
            "row": row,
            "status": self.status(row),
            "open": open_draft,
            "may_draft": holder and row.version >= newest_published(row) and row.is_published,
            "versions": versions_of(row).select_related("created_by", "published_by").order_by("-version"),
            "draft_url": self.address("draft", row.pk),
        }
        return shown | self._draft_context(request, row) if open_draft else shown

    def _draft_context(self, request, row):
        """What a draft would change, where it comes from, and who puts it in force."""
        others, loaded = publishers_of(row), needs_adoption(row)
        current = in_force(row)
        return {
            "loaded": loaded,
            "adopted": was_adopted(row),
            "others": others,
            "may_adopt": loaded and request.user in others,
            "may_publish": not loaded and request.user in others,
            "against": current,
            "differences": self.change_lines(changed_values(current, row) if current else {}),
            "adopt_url": self.address("adopt", row.pk),
            "publish_url": self.address("publish", row.pk),
            "replay_url": self.address("replay", row.pk),
            "may_replay": is_holder(request.user, row),
            "replay": self._replay_context(request, row),
        }

    def _replay_context(self, request, row):
        """What the last replay of a draft found, or how far it is, for whoever may read it; None without one."""
        visible = replays_visible(request.user).values("pk")
        found = replays_of(row).filter(pk__in=visible)
        last, done = found.first(), found.filter(job__state=JobState.DONE).first()
        if done is None:
            return {"last": last} if last else None
        context = {"last": last, "done": done, "outdated": outdated(done, row)}
        has_sums = bool(done.totals.get("claims"))
        return context | {"sums": sums_read(done.totals) if has_sums else None}

    @admin.display(description="状态")
    def status(self, row):
        """Where a version stands: 草稿, 导入，待采用, 生效中, 已被取代, 未采用."""
        if row.overtaken:
            return "已被取代" if row.is_published else "未采用"
        if row.is_published:
            return "生效中"
        return "导入，待采用" if needs_adoption(row) else "草稿"

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
