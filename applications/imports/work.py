"""What workers do for imports: check a file, store it, write an export. A load's stage follows as its job ends."""

import time

from applications.imports.export import export_write
from applications.imports.files import file_made, file_path, files_forget
from applications.imports.kinds import KINDS
from applications.imports.loading import load_check, load_store
from applications.imports.loads import CHECK, EXPORT, STORE, Stage, load_topic
from applications.imports.problems import FileRefused
from applications.imports.refused import STEPS, refused_write
from applications.jobs import WORKS, Work
from applications.models import DataLoad, JobState
from applications.record import event_add

#: Faults and warnings that the page shows; all refused rows are in the spreadsheet.
SHOWN = 200
#: Seconds that an export is kept.
EXPORT_KEPT = 24 * 3600


def _check(job, progress):
    load = DataLoad.objects.get(pk=job.params["load"])
    try:
        if not file_path(load.file_path).is_file():
            raise FileRefused("no_file", "上传的文件已经不在了，请重新上传。")
        outcome = load_check(load.kind, file_path(load.file_path), progress=progress)
        _report(load, outcome, progress)
    except FileRefused as refusal:
        error = {"code": refusal.code, "message": refusal.message}
        DataLoad.objects.filter(pk=load.pk).update(report={"error": error}, refused_path="")
        return {"stage": Stage.UNREADABLE}
    return {"stage": Stage.CHECKED}


def _store(job, progress):
    """Stores a checked file. Where a row is refused by now and all were wanted, the load goes back to be confirmed."""
    load = DataLoad.objects.get(pk=job.params["load"])
    if load.stage == Stage.STORED:
        # A worker died after it had stored the rows and before it could say so.
        return {"stage": Stage.STORED}
    outcome = load_store(
        load.kind,
        file_path(load.file_path),
        good_rows=load.good_rows_only,
        actor=job.created_by,
        source_ip=job.source_ip,
        file_name=load.file_name,
        load=load,
        progress=progress,
    )
    # Nothing may be cancelled any more, so progress is not asked.
    _report(load, outcome)
    return {"stage": Stage.STORED if outcome.stored else Stage.CHECKED}


def _report(load, outcome, progress=None):
    """Keeps what was found: the first faults for the page, and all refused rows as a spreadsheet."""
    refused = ""
    if outcome.refused_rows:
        refused = f"{load.file_path}-refused"
        if progress:
            progress.phase("正在整理未通过的行", STEPS)
        with file_made(refused) as target:
            refused_write(KINDS[load.kind], file_path(load.file_path), outcome.refused, target, progress)
    report = {**outcome.report(), **outcome.as_data(SHOWN)}
    DataLoad.objects.filter(pk=load.pk).update(report=report, refused_path=refused)


def _export(job, progress):
    """Writes the rows of a kind to a file that whoever asked for it takes within a day."""
    files_forget("export-", before=time.time() - EXPORT_KEPT)
    name = f"export-{job.pk}"
    with file_made(name) as target:
        rows, ending = export_write(
            KINDS[job.params["kind"]], target, year=job.params["year"], progress=progress
        )
    return {"file": name, "rows": rows, "ending": ending}


def _ended(job):
    """Takes the load along when its job ends, in the same transaction; says in its record how it ended."""
    load = DataLoad.objects.select_for_update().get(pk=job.params["load"])
    if load.job_id != job.pk:
        return
    if load.stage != Stage.STORED:
        load.stage = _stage_after(job)
        load.save(update_fields=["stage"])
    event_add(kind=_event_kind(load, job), at=job.finished_at, topic=load_topic(load), data=_said(load))


def _event_kind(load, job):
    """How the work on a load ended; what has been stored is stored, whatever became of the job."""
    if load.stage == Stage.STORED:
        return "load.stored"
    if job.state == JobState.CANCELLED:
        return "load.cancelled"
    if load.stage == Stage.CHECKED and job.work == STORE:
        return "load.held"
    return f"load.{load.stage}"


def _stage_after(job):
    """A cancelled store leaves the load as it was before: checked, to be confirmed or given up."""
    if job.state == JobState.DONE:
        return job.result["stage"]
    if job.state == JobState.CANCELLED:
        return Stage.CHECKED if job.work == STORE else Stage.CANCELLED
    return Stage.FAILED


def _said(load):
    names = ("rows", "new", "changed", "unchanged", "removed", "refused_rows")
    return {name: load.report[name] for name in names if name in load.report}


WORKS[CHECK] = Work(_check, _ended)
WORKS[STORE] = Work(_store, _ended)
WORKS[EXPORT] = Work(_export)
