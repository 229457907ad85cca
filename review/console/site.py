"""The site behind 数据与名单: Django's admin, with our look, our permissions and no way to delete."""

from dataclasses import dataclass

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, resolve_url
from django.template.response import TemplateResponse
from django.urls import path, reverse

from accounts.roles import Role
from applications.calendar import years_without_holidays

from .base import PROVINCE

#: Addresses of Django's admin that this site does without: it has its own sign-in, password page and controls.
UNUSED = frozenset({"password_change", "password_change_done", "autocomplete", "jsi18n", "view_on_site"})


@dataclass(frozen=True)
class Page:
    """A page of its own that the front page lists among the registers of a group: for its readers, and its keepers."""

    group: str
    title: str
    note: str
    name: str
    readers: frozenset
    keepers: frozenset


class ConsoleSite(AdminSite):
    """Registers, settings and people; the daily work of reviewers has pages of its own."""

    site_title = "龙江外贸政策兑现平台"
    index_title = "数据与名单"
    enable_nav_sidebar = False
    final_catch_all_view = False

    def __init__(self, name):
        super().__init__(name)
        #: Pages that are not about the rows of one table.
        self.pages = []

    def has_permission(self, request):
        """Officers only: whoever holds a post today."""
        return request.user.is_authenticated and request.user.is_officer

    def login(self, request, extra_context=None):
        """One sign-in page for everybody; who is signed in and holds no post has nothing to do here."""
        if request.user.is_authenticated:
            raise PermissionDenied
        after = request.GET.get("next", reverse("console:data"))
        return redirect_to_login(after, resolve_url("accounts:sign_in"))

    def get_urls(self):
        """Django's addresses without the unused ones; the front page is also called `data`."""
        used = [each for each in super().get_urls() if getattr(each, "name", None) not in UNUSED]
        return [path("", self.admin_view(self.index), name="data"), *used]

    def index(self, request, extra_context=None):
        """What the person may see, by subject."""
        groups = {}
        for model_admin in self._registry.values():
            if model_admin.has_view_permission(request):
                groups.setdefault(model_admin.group, []).append(self._entry(request, model_admin))
        for page in self.pages:
            if request.user.has_post(*page.readers, *page.keepers):
                keeps = request.user.has_post(*page.keepers)
                entry = {"title": page.title, "note": page.note, "url": reverse(page.name), "keeps": keeps}
                groups.setdefault(page.group, []).append(entry)
        context = {
            **self.each_context(request),
            "title": self.index_title,
            "groups": groups,
            "years_without_holidays": years_without_holidays() if request.user.has_post(*PROVINCE) else [],
            "keeps_holidays": request.user.has_post(Role.DATA),
        }
        request.current_app = self.name
        return TemplateResponse(request, "admin/index.html", context)

    def app_index(self, request, app_label, extra_context=None):
        """One front page is enough."""
        return redirect("console:data")

    def _entry(self, request, model_admin):
        opts = model_admin.opts
        return {
            "title": opts.verbose_name_plural,
            "note": model_admin.note,
            "url": reverse(f"{self.name}:{opts.app_label}_{opts.model_name}_changelist"),
            "keeps": model_admin.has_add_permission(request) or model_admin.has_change_permission(request),
        }


console = ConsoleSite(name="console")
