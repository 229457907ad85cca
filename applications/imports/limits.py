"""What a file may hold at most, and the refusals that both formats share."""

from applications.imports.problems import FileRefused

#: Bytes unpacked: all parts of a workbook together, or a text file as it is.
MOST_UNPACKED = 200 * 1024 * 1024
#: Rows of a sheet that hold something.
MOST_ROWS = 1_000_000
#: Columns that a spreadsheet program can show.
MOST_COLUMNS = 16_384
#: Characters of one cell. Spreadsheet programs take 32,767; above this, something is broken.
LONGEST_TEXT = 131_072

DAMAGED_BOOK = "文件已损坏或不完整。请用 Excel 或 WPS 打开原文件，另存为 xlsx 后再试；打不开时请重新导出。"


def book_damaged():
    """A workbook that is cut off, garbled, or not built as the standard says."""
    return FileRefused("damaged_file", DAMAGED_BOOK)


def too_big():
    """More bytes than a file may unpack to."""
    most = MOST_UNPACKED // 1024 // 1024
    return FileRefused(
        "too_big",
        f"文件展开后超过 {most} MB。请删去图片和多余的工作表，或分成几个文件，另存后再试。",
    )


def too_many_rows():
    """More rows than a file may hold."""
    return FileRefused(
        "too_big", f"表格超过 {MOST_ROWS // 10_000} 万行。请按年度或市（地）分成几个文件，另存后再试。"
    )
