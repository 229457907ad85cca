"""What is found wrong with a file, kept outside memory: half a million faulty rows must be told, not held."""

import heapq
import json
import os
from dataclasses import fields
from operator import attrgetter
from tempfile import SpooledTemporaryFile
from weakref import finalize

from applications.imports.problems import Fault, Notice

#: Bytes of a spool that stay in memory.
IN_MEMORY = 2 * 1024 * 1024


class Spool:
    """A list of faults or notices that can only grow and be read from its start, any number of times."""

    def __init__(self, made_of):
        self._made_of, self._count, self._was_read = made_of, 0, False
        self._values = attrgetter(*(each.name for each in fields(made_of)))
        self._file = SpooledTemporaryFile(IN_MEMORY, "w+", encoding="ascii")  # noqa: SIM115 - closed below
        finalize(self, self._file.close)

    def __len__(self):
        return self._count

    def __iter__(self):
        self._was_read = True
        self._file.seek(0)
        for line in self._file:
            yield self._made_of(*json.loads(line))

    def extend(self, found):
        """Adds what was found. Must not be called while somebody reads."""
        if self._was_read:
            self._was_read = False
            self._file.seek(0, os.SEEK_END)
        for each in found:
            self._file.write(json.dumps(self._values(each)) + "\n")
            self._count += 1


class Faults:
    """All faults of a file, read in the order of its rows; `rows` is the number of rows that have any.

    Faults of the rows themselves come in while the file is read, those that only show when rows are compared later.
    """

    def __init__(self):
        self.rows = 0
        self._own, self._compared = Spool(Fault), Spool(Fault)

    def __len__(self):
        return len(self._own) + len(self._compared)

    def __iter__(self):
        return heapq.merge(self._own, self._compared, key=attrgetter("row"))

    def add(self, faults):
        """Adds all faults of the next faulty row of the file."""
        self._own.extend(faults)
        self.rows += 1

    def add_compared(self, faults):
        """Adds all faults that the next row, which is right by itself, has beside others."""
        self._compared.extend(faults)
        self.rows += 1


def notices_spool():
    """A spool for warnings."""
    return Spool(Notice)
