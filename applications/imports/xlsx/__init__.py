"""xlsx files in one streaming pass of our own over the XML of a sheet.

Libraries were weighed: python-calamine holds a whole sheet in memory and tells neither formulas nor number formats
nor merges; openpyxl tells no merges while streaming and takes several times as long. What an import needs of a
workbook is little, and what it must not do (unpack a bomb, resolve an entity, grow with the file) is much.

`package` is the archive, `markup` the guarded XML, `workbook` the list of sheets, `strings` and `formats` what cells
point to, `rows` the pass itself, `merges` what spans rows.
"""

from contextlib import contextmanager

from applications.imports.xlsx.package import Package
from applications.imports.xlsx.workbook import Workbook


@contextmanager
def workbook_open(path):
    """The sheets of an xlsx file, in its order; open as long as the context is. Raises FileRefused."""
    package = Package(path)
    try:
        yield Workbook(package).sheets
    finally:
        package.close()
