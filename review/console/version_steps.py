"""What is done with a version at a press of a button: draft another, adopt, replay, publish."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from applications.errors import Refused
from review.publishing import is_holder, version_adopt, version_draft, version_publish
from review.replay import replay_start


class VersionSteps:
    """For admin classes of versions: an address for each step, open to holders of the setting's post."""

    def get_urls(self):
        """The steps stand before Django's own addresses, which would take them for keys."""
        steps = {
            "draft": self.draft_view,
            "adopt": self.adopt_view,
            "replay": self.replay_view,
            "publish": self.publish_view,
        }
        name, wrap = f"{self.opts.app_label}_{self.opts.model_name}", self.admin_site.admin_view
        own = [
            path(f"<int:pk>/{step}/", wrap(require_POST(view)), name=f"{name}_{step}")
            for step, view in steps.items()
        ]
        return [*own, *super().get_urls()]

    def draft_view(self, request, pk):
        """起草新版本."""
        return self._step(request, pk, version_draft, self._drafted)

    def adopt_view(self, request, pk):
        """采用导入的草稿."""
        return self._step(request, pk, version_adopt, self._adopted)

    def replay_view(self, request, pk):
        """试算."""
        row = self._held(request, pk)
        try:
            replay = replay_start(row, actor=request.user, source_ip=request.META["REMOTE_ADDR"])
        except Refused as refusal:
            messages.error(request, refusal.message)
            return redirect(self.address("change", row.pk))
        return redirect("review:replay", pk=replay.pk)

    def publish_view(self, request, pk):
        """发布."""
        return self._step(request, pk, version_publish, self._published)

    def _step(self, request, pk, service, done):
        """Calls the service and returns to the page of the version, of which `done` says what has become of it."""
        row = self._held(request, pk)
        try:
            result = service(row, actor=request.user, source_ip=request.META["REMOTE_ADDR"])
        except Refused as refusal:
            messages.error(request, refusal.message)
            return redirect(self.address("change", row.pk))
        return redirect(self.address("change", done(request, row, result).pk))

    def _held(self, request, pk):
        """The version, where this person sees it and holds its post."""
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        if not is_holder(request.user, row):
            raise PermissionDenied
        return row

    def _drafted(self, request, row, draft):
        messages.success(request, f"已起草第 {draft.version} 版。修改后保存，再请另一位同事发布。")
        return draft

    def _adopted(self, request, row, _):
        messages.success(request, f"已采用第 {row.version} 版，请另一位同事核对后发布。")
        return row

    def _published(self, request, row, years):
        messages.success(request, f"第 {row.version} 版已经生效。")
        self.tell_years(request, years)
        return row

    def address(self, page, *args):
        """The address of one of this admin's pages."""
        return reverse(
            f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}", args=args
        )
