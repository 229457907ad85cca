"""The open drafts of a city's rates for a year, adopted or published together: a file brings three of them at once."""

from dataclasses import dataclass, field

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from accounts.cities import City
from accounts.roles import Role
from applications.errors import Refused
from applications.models import CityRate
from review.publishing import is_holder, needs_adoption, version_adopt, version_publish

from .controls import item_title
from .settings_forms import percent_text

#: The steps by their name in the address: service, and what the page says of it.
STEPS = {"adopt": (version_adopt, "采用"), "publish": (version_publish, "发布")}


@dataclass
class CityYear:
    """Drafts of one city and year for which one person may take the same step now."""

    city: str
    year: int
    step: str
    rows: list = field(default_factory=list)

    @property
    def city_name(self):
        """The city in words."""
        return City(self.city).label

    @property
    def lines(self):
        """The rates in words: (key, item, rate, who drafted it)."""
        return [
            (row.pk, item_title(row.item), percent_text(row.rate), row.created_by or "") for row in self.rows
        ]

    @property
    def word(self):
        """The step in words."""
        return STEPS[self.step][1]


def together(rows, user):
    """CityYears of what a person may adopt or publish among the versions of a query; the newest draft of each rate."""
    newest = {}
    for row in rows.filter(published_at=None, overtaken=False).order_by("version"):
        newest[row.city, row.year, row.item] = row
    groups = {}
    for key, row in sorted(newest.items()):
        step = "adopt" if needs_adoption(row) else "publish"
        if is_holder(user, row) and (step == "adopt" or row.created_by_id != user.pk):
            group = groups.setdefault((*key[:2], step), CityYear(row.city, row.year, step))
            group.rows.append(row)
    return list(groups.values())


class RatesTogether:
    """For the admin class of city rates: the callouts above its list, and the address that their buttons lead to."""

    change_list_template = "admin/rates_list.html"

    def get_urls(self):
        """One address for both steps."""
        view = self.admin_site.admin_view(require_POST(self.together_view))
        own = path("together/<slug:action>/", view, name="applications_cityrate_together")
        return [own, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        """Above the list: what this person can do at once."""
        groups = together(self.get_queryset(request), request.user)
        return super().changelist_view(request, {"groups": groups, **(extra_context or {})})

    def together_view(self, request, action):
        """一并采用 or 一并发布: all of the rows that the page named, or none."""
        if action not in STEPS:
            raise Http404
        if not request.user.has_post(Role.CITY_COMMERCE):
            raise PermissionDenied
        chosen = [int(pk) for pk in request.POST.getlist("row") if pk.isdecimal() and len(pk) < 19]
        rows = list(self.get_queryset(request).filter(pk__in=chosen).order_by("pk"))
        service, word = STEPS[action]
        try:
            self._all(request, service, rows)
        except Refused as refusal:
            messages.error(request, f"没有{word}：{refusal.message}")
        else:
            messages.success(request, f"已{word} {len(rows)} 项比例。")
        return redirect(reverse(f"{self.admin_site.name}:applications_cityrate_changelist"))

    @transaction.atomic
    def _all(self, request, service, rows):
        if not rows:
            raise Refused("没有选中的比例，请刷新后再试。")
        marked = 0
        for row in rows:
            try:
                result = service(row, actor=request.user, source_ip=request.META["REMOTE_ADDR"])
            except Refused as refusal:
                raise Refused(f"{row}：{refusal.message}") from refusal
            marked += 0 if isinstance(result, CityRate) else result
        self.tell_years(request, marked)
