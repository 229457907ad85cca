"""Result sheets as a bank would fill them in."""

import csv
import io

from review.bank.columns import SHEET

HEADINGS = [column.heading for column in SHEET.columns]


def row_of(payment, result="成功", **cells):
    """The cells of one payment by heading; `cells` replaces some of them by their field."""
    values = {
        "batch": payment.batch.number,
        "position": payment.position,
        "payee_name": payment.payee_name,
        "payee_account": payment.payee_account,
        "amount_cny": payment.amount_cny,
        "result": result,
        "reason": "" if result in ("成功", "") else "户名与账号不符",
        "reference": f"SLYH{payment.pk:08d}" if result == "成功" else "",
        "day": "2026-03-03" if result else "",
        **cells,
    }
    return [values[column.field] for column in SHEET.columns]


def csv_bytes(rows, headings=HEADINGS):
    """A sheet as the bytes of a CSV file."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerows([headings, *rows])
    return file.getvalue().encode()


def sheet_file(folder, rows, name="回执.csv"):
    """A sheet as a file; returns its path."""
    path = folder / name
    path.write_bytes(csv_bytes(rows))
    return path
