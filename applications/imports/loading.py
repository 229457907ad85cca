"""Loading a file, from the command and from the console: read it, compare it, and store it if that is asked for."""

import gc
import hashlib
from contextlib import ExitStack, contextmanager
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from applications.errors import Refused
from applications.imports.checks import rows_check
from applications.imports.events import Stamp
from applications.imports.kinds import KINDS
from applications.imports.monthly import MonthlyStage, monthly_store
from applications.imports.outcome import REFUSED, UNCHANGED, Outcome
from applications.imports.problems import Fault, FileRefused
from applications.imports.rates import RateStage, rates_store
from applications.imports.reading import Reading
from applications.imports.source import source_open
from applications.imports.stage import CHUNK, Stage
from applications.imports.store import rows_store, table_lock
from applications.load_claims import load_claims_note
from applications.models import DataLoad

#: Kinds that are not simply added to and changed: how their rows are compared and stored.
_OTHERS = {"monthly": (MonthlyStage, monthly_store), "city-rates": (RateStage, rates_store)}
#: Data rows that a preview shows.
PREVIEW = 20
#: Steps of the bar while a file is read.
STEPS = 1000


class Unwatched:
    """In place of a job's progress where nobody looks."""

    def phase(self, words, total=None):
        """Notes nothing."""

    def step(self, done):
        """Notes nothing."""

    def check(self):
        """Nobody can have asked to cancel."""


def load_check(kind_name, path, progress=None):
    """Reads and compares a file; stores nothing. Returns the Outcome. Raises FileRefused, JobCancelled."""
    progress = progress or Unwatched()
    with _staged(kind_name, path, progress) as (stage, outcome):
        progress.phase("正在与现有数据比较")
        _compare(stage, outcome)
    return outcome


def load_store(
    kind_name,
    path,
    *,
    good_rows=False,
    actor=None,
    at=None,
    source_ip=None,
    file_name=None,
    load=None,
    progress=None,
):
    """Reads a file and stores it: nothing where a row is refused, unless `good_rows` asks for those that are good.

    One transaction stores rows, events and marks, and sets the DataLoad (`load`, or a new one) to stored; a kill or a
    cancel before its end leaves nothing behind. Returns the Outcome. Raises FileRefused, Refused, JobCancelled.
    """
    at, progress = at or timezone.now(), progress or Unwatched()
    with _staged(kind_name, path, progress) as (stage, outcome):
        if outcome.refused_rows and not good_rows:
            progress.phase("正在与现有数据比较")
            _compare(stage, outcome)
            return outcome
        load = load or _load_of(kind_name, path, file_name, actor, at, source_ip)
        load.good_rows_only = good_rows and outcome.refused_rows > 0
        progress.phase("正在写入")
        with transaction.atomic():
            _store(stage, outcome, load, Stamp(load, actor, at, source_ip))
            progress.check()
    return outcome


# --- Reading -------------------------------------------------------------------------------------


@contextmanager
def _staged(kind_name, path, progress):
    """A file read into a Stage, each key once, with the Outcome so far: rows, faults and warnings of the file."""
    kind = _kind(kind_name)
    outcome = Outcome(kind.name)
    with _left_alone(), _opened(path) as source:
        reading = Reading(kind, source)
        with _OTHERS.get(kind.name, (Stage,))[0](kind, reading.columns) as stage:
            _read(kind, reading, stage, outcome, progress)
            _clashes_add(kind, source, stage, outcome)
            yield stage, outcome


@contextmanager
def _left_alone():
    """Keeps the collector from looking through all that the process has loaded while millions of cells come and go."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _kind(name):
    if name not in KINDS:
        raise FileRefused("unknown_kind", f"没有这种数据：{name}。可以是：{'、'.join(KINDS)}。")
    return KINDS[name]


@contextmanager
def _opened(path):
    with ExitStack() as stack:
        try:
            source = stack.enter_context(source_open(path))
        except OSError as problem:
            raise FileRefused("no_file", f"不能读取文件“{path}”：{_cause(problem)}。") from problem
        yield source


def _cause(problem):
    if isinstance(problem, FileNotFoundError):
        return "文件不存在"
    if isinstance(problem, PermissionError):
        return "没有读取权限"
    if isinstance(problem, IsADirectoryError):
        return "这是一个文件夹"
    return "文件打不开"


def _read(kind, reading, stage, outcome, progress):
    """Copies good rows into the stage and keeps what is wrong with the others."""
    progress.phase("正在读取", STEPS)
    rows = reading.rows()
    while chunk := list(islice(rows, CHUNK)):
        rows_check(kind, reading.columns, chunk)
        stage.add([row for row in chunk if not row.faults])
        refused = [row for row in chunk if row.faults]
        stage.add_refused(refused)
        for row in refused:
            outcome.refused.add(row.faults)
        _preview(outcome, chunk)
        outcome.rows += len(chunk)
        _warnings_take(reading, outcome)
        progress.step(int(reading.position * STEPS))
    _warnings_take(reading, outcome)
    outcome.sheet_name, outcome.headings = reading.sheet_name, reading.headings
    outcome.columns = [column.heading for column in reading.columns]
    outcome.units = {kind.column(field).heading: unit for field, unit in reading.units.items()}


def _preview(outcome, chunk):
    for row in chunk[: PREVIEW - len(outcome.preview)]:
        status = REFUSED if row.faults else UNCHANGED
        outcome.preview.append({"row": row.number, "cells": list(row.cells), "status": status})


def _warnings_take(reading, outcome):
    """Moves warnings out of memory: every row of a file may have one."""
    outcome.warnings.extend(reading.notices)
    reading.notices.clear()


def _clashes_add(kind, source, stage, outcome):
    """Adds the faults of rows that are wrong beside others, reading once more what their cells show."""
    left = stage.unite()
    if not left:
        return
    reading = Reading(kind, source)
    places = {column.heading: place for place, column in enumerate(reading.columns)}
    shown = {each["row"]: each for each in outcome.preview}
    rows = reading.rows()
    while left and (chunk := {row.number: row for row in islice(rows, CHUNK)}):
        for line, clashes in groupby(stage.clashes(chunk), key=attrgetter("line")):
            cells = chunk[line].cells
            outcome.refused.add_compared(
                Fault(line, each.column.heading, cells[places[each.column.heading]], each.code, each.message)
                for each in clashes
            )
            left -= 1
            if line in shown:
                shown[line]["status"] = REFUSED


# --- Comparing and storing -----------------------------------------------------------------------


def _compare(stage, outcome):
    """Adds the counts, the warnings that comparing gives, and what becomes of the rows that the preview shows."""
    for name, count in stage.compare().items():
        setattr(outcome, name, count)
    outcome.warnings.extend(stage.warnings())
    shown = {each["row"]: each for each in outcome.preview}
    for line, status in stage.statuses(shown).items():
        shown[line]["status"] = status


def _store(stage, outcome, load, stamp):
    """All that storing is, in the caller's transaction; nobody else writes to the table meanwhile."""
    table_lock(stage.kind.model)
    _load_begin(load, stamp.at)
    _compare(stage, outcome)
    store = _OTHERS.get(stage.kind.name, (Stage, rows_store))[1]
    years = store(stage, stamp)
    load_claims_note(load, years)
    outcome.stored, outcome.years_marked, outcome.load = True, len(years), load
    load.report, load.years_marked = outcome.report(), len(years)
    load.save(update_fields=["report", "years_marked"])


def _load_begin(load, at):
    """Sets the record to stored, in the transaction that stores. Raises Refused where somebody else has done so."""
    if load.pk and DataLoad.objects.select_for_update().get(pk=load.pk).stage == DataLoad.Stage.STORED:
        raise Refused("这个文件已经导入，没有再导入一次。")
    load.stage, load.stored_at = DataLoad.Stage.STORED, at
    load.save()


def _load_of(kind_name, path, file_name, actor, at, source_ip):
    """The record of a file that nobody uploaded."""
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
    name = file_name or Path(path).name.encode(errors="replace").decode()
    return DataLoad(
        kind=kind_name,
        file_name=name[:200],
        sha256=digest,
        size=size,
        uploaded_by=actor,
        uploaded_at=at,
        source_ip=source_ip,
    )
