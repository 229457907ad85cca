"""A load as people take it through: uploaded, checked, confirmed or given up. The work itself is done by jobs."""

import unicodedata
from pathlib import PurePath

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from applications.errors import Refused, Stale
from applications.files import megabytes
from applications.imports.files import file_keep, file_path
from applications.jobs import job_add, job_cancel
from applications.models import DataLoad, Event
from applications.record import clock, event_add, event_title

Stage = DataLoad.Stage
CHECK, STORE, EXPORT = "import.check", "import.store", "export.rows"
#: Stages from which the file can be checked again: what it is compared with may be another by now.
CHECKABLE = frozenset({Stage.CHECKED, Stage.FAILED, Stage.CANCELLED})
_NAME_LENGTH = 200


def load_topic(load):
    """What the events of a load are filed under."""
    return f"load:{load.pk}"


def load_upload(*, kind, upload, actor, at=None, source_ip=None):
    """Keeps an uploaded file and has it checked. Raises Refused with a sentence about the file; then nothing is kept."""
    most, at = settings.IMPORT_MAX_BYTES, at or timezone.now()
    if upload.size > most:
        raise Refused(
            f"文件 {megabytes(upload.size)} MB，超过 {megabytes(most)} MB。请分成几个文件，分次导入。",
            field="file",
        )
    name, digest, size = file_keep(upload.file)
    try:
        with transaction.atomic():
            load = DataLoad.objects.create(
                kind=kind.name,
                file_name=_bare_name(upload.name),
                file_path=name,
                sha256=digest,
                size=size,
                uploaded_by=actor,
                uploaded_at=at,
                source_ip=source_ip,
            )
            _event(load, "load.uploaded", actor, at, source_ip, file=load.file_name, sha256=digest)
            _begin(load, CHECK, actor, at, source_ip)
    except BaseException:
        file_path(name).unlink(missing_ok=True)
        raise
    return load


def load_confirm(*, load_id, token, good_rows, actor, at=None, source_ip=None):
    """Has a checked file stored: all of it, or the rows that passed. Raises Refused, Stale."""
    with transaction.atomic():
        load = _locked(load_id, token, {Stage.CHECKED})
        counts = load.report
        if counts["refused_rows"] and not good_rows:
            raise Refused("文件里有未通过的行，不能全部导入。请选择只导入通过的行，或者改好文件再上传。")
        if not changes_of(counts):
            raise Refused("文件与现有数据相同，没有需要导入的内容。")
        at = at or timezone.now()
        load.stage, load.good_rows_only = Stage.STORING, good_rows and counts["refused_rows"] > 0
        _event(load, "load.confirmed", actor, at, source_ip, good_rows=load.good_rows_only)
        _begin(load, STORE, actor, at, source_ip)
    return load


def load_recheck(*, load_id, token, actor, at=None, source_ip=None):
    """Has the kept file checked once more, against what is stored now. Raises Refused, Stale."""
    with transaction.atomic():
        load = _locked(load_id, token, CHECKABLE)
        load.stage, at = Stage.CHECKING, at or timezone.now()
        _event(load, "load.rechecked", actor, at, source_ip)
        _begin(load, CHECK, actor, at, source_ip)
    return load


def load_discard(*, load_id, token, actor, at=None, source_ip=None):
    """Gives up a load that nothing was stored from. Raises Refused, Stale."""
    with transaction.atomic():
        load = _locked(load_id, token, {Stage.CHECKED, Stage.FAILED})
        load.stage = Stage.CANCELLED
        load.save(update_fields=["stage"])
        _event(load, "load.discarded", actor, at, source_ip)
    return load


def load_cancel(*, load_id, token, actor, at=None, source_ip=None):
    """Asks the work on a load to end. Raises Refused where it has ended already."""
    with transaction.atomic():
        # The job's row is locked before the load's, as a worker locks them when the work ends.
        load = DataLoad.objects.select_related("job").get(pk=load_id)
        if load.job is None or str(load.job_id) != token:
            raise Stale(_what_happened(load))
        _event(load, "load.cancel_asked", actor, at, source_ip)
        job_cancel(load.job, at=at)
    load.refresh_from_db()
    return load


def changes_of(report):
    """How many rows storing would add, change or take away."""
    return report["new"] + report["changed"] + report.get("removed", 0)


def stored_before(load):
    """The last load that stored a file with the same content as the same kind, or None."""
    same = DataLoad.objects.filter(kind=load.kind, sha256=load.sha256, stage=Stage.STORED)
    return same.exclude(pk=load.pk).select_related("uploaded_by").order_by("-stored_at").first()


# --- Steps ---------------------------------------------------------------------------------------


def _locked(load_id, token, stages):
    """The load's row, locked. `token` is the number of the job that the page told of: one step, one answer."""
    load = DataLoad.objects.select_for_update().get(pk=load_id)
    if str(load.job_id) != token or load.stage not in stages:
        raise Stale(_what_happened(load))
    return load


def _what_happened(load):
    """What somebody has to know who acts on a page that is no longer true."""
    event = Event.objects.filter(topic=load_topic(load)).select_related("actor").order_by("pk").last()
    said = ""
    if event:
        who = event.actor.name if event.actor else "系统"
        said = f"{who}在 {clock(event.at)} 的操作是“{event_title(event)}”，"
    return f"这一页已经过时，刚才的操作没有执行。{said}现在的状态是“{load.get_stage_display()}”。"


def _begin(load, work, actor, at, source_ip):
    """Adds the job and ties it to the load, all in the transaction of the step."""
    load.job = job_add(work=work, params={"load": load.pk}, actor=actor, at=at, source_ip=source_ip)
    load.save(update_fields=["stage", "good_rows_only", "job"])


def _event(load, kind, actor, at, source_ip, **data):
    event_add(kind=kind, actor=actor, at=at, source_ip=source_ip, topic=load_topic(load), data=data)


def _bare_name(name):
    """The name of a file as pages show it: no folders, no control characters, not too long."""
    bare = PurePath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    printable = "".join(letter for letter in bare if letter.isprintable()).strip() or "文件"
    stem, dot, ending = printable.rpartition(".")
    if not dot or len(ending) > 10:
        return printable[:_NAME_LENGTH]
    return f"{stem[: _NAME_LENGTH - len(ending) - 1]}.{ending}"
