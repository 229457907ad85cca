"""Faults and warnings outside memory: in order, as often as anybody asks, and closed with their owner."""

import gc

from applications.imports import spool
from applications.imports.problems import Fault, Notice
from applications.imports.spool import Faults, notices_spool


def fault(row, column="进口额"):
    return Fault(row, column, "1.2.3 “\n\ud800", "not_a_number", f"第{row}行“{column}”不是数字")


def test_faults_come_in_the_order_of_rows_those_of_one_row_together():
    faults = Faults()
    faults.add([fault(3), fault(3, "出口额")])
    faults.add([fault(9)])
    faults.add_compared([fault(2)])
    faults.add_compared([fault(5)])
    assert [(each.row, each.column) for each in faults] == [
        (2, "进口额"),
        (3, "进口额"),
        (3, "出口额"),
        (5, "进口额"),
        (9, "进口额"),
    ]
    assert (faults.rows, len(faults)) == (4, 5)


def test_what_is_kept_comes_back_as_it_was_from_memory_and_from_disk(monkeypatch):
    for room in (1_000_000, 1):
        monkeypatch.setattr(spool, "IN_MEMORY", room)
        faults = Faults()
        faults.add([fault(3)])
        assert list(faults) == [fault(3)]
        faults.add([fault(4)])
        assert list(faults) == list(faults) == [fault(3), fault(4)]


def test_warnings_keep_what_they_do_not_have():
    warnings = notices_spool()
    kept = [Notice("other_sheet", "没有读取"), Notice("check_digit", "对不上", "统一社会信用代码", 7)]
    for each in kept:
        warnings.extend([each])
    assert list(warnings) == kept
    assert len(warnings) == 2


def test_a_file_that_went_to_disk_is_closed_with_its_owner(monkeypatch):
    monkeypatch.setattr(spool, "IN_MEMORY", 1)
    faults = Faults()
    faults.add([fault(3)])
    file = faults._own._file
    del faults
    gc.collect()
    assert file.closed
