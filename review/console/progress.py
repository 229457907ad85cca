"""How far long work is, for the progress bar of a page and the script that moves it."""

from django.http import JsonResponse

from applications.models import JobState


def progress_of(job):
    """What a progress bar shows: `percent` is None where it cannot be said; `open` as long as there is something to do."""
    waiting = job.state == JobState.WAITING
    percent = min(100, job.done * 100 // job.total) if job.total and not waiting else None
    words = "正在排队，很快开始" if waiting else job.phase or "正在准备"
    if job.cancel_requested_at and job.is_open:
        words = "正在取消"
    return {"open": job.is_open, "percent": percent, "words": words}


def progress_answer(job):
    """The same as JSON, for `progress.js`."""
    return JsonResponse(progress_of(job), headers={"Cache-Control": "no-store"})
