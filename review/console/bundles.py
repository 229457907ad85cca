"""核查包: an auditor has everything about a claim or a batch packed, and takes it from the page of the job."""

from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.roles import Role
from applications.jobs import job_add
from applications.visibility import claims_for_office
from review.audit.bundle import BUNDLE
from review.console.access import office_page
from review.visibility import batches_visible


@require_POST
@office_page(Role.AUDITOR)
def claim_bundle(request, number):
    """Packs a claim; `files` adds the evidence itself."""
    found = get_object_or_404(claims_for_office(request.user), number=number)
    return _packed(request, "claim", found.number)


@require_POST
@office_page(Role.AUDITOR)
def batch_bundle(request, number):
    """Packs a batch with all its claims; `files` adds the evidence itself."""
    found = get_object_or_404(batches_visible(request.user), number=number)
    return _packed(request, "batch", found.number)


def _packed(request, of, number):
    job = job_add(
        work=BUNDLE,
        params={"of": of, "number": number, "files": "files" in request.POST},
        actor=request.user,
        source_ip=request.META["REMOTE_ADDR"],
    )
    return redirect("review:audit_job", job.pk)
