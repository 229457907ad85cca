"""Writing what settlements found: COPY into a temporary table and one UPDATE … FROM, for one year or thousands."""

import io
import json

from django.db import connection

from applications.models import Claim, EnterpriseYear, Event, LedgerEntry

CLAIM_COLUMNS = {
    "computed_cny": "numeric(15,2)",
    "capped_cny": "numeric(15,2)",
    "after_overlap_cny": "numeric(15,2)",
    "payable_cny": "numeric(15,2)",
    "ceiling_cny": "numeric(15,2)",
    "eligibility": "varchar(12)",
    "reasons": "jsonb",
    "steps": "jsonb",
    "settled_at": "timestamptz",
    "lifetime_key": "varchar(80)",
    "demanded_cny": "numeric(15,2)",
    "last_event": "bigint",
}
YEAR_COLUMNS = {
    "settled": "integer",
    "settled_at": "timestamptz",
    "limit_cny": "numeric(15,2)",
    "total_cny": "numeric(15,2)",
    "overpaid_cny": "numeric(15,2)",
    "limit_claim_id": "bigint",
}


def plans_write(plans, *, at):
    """Writes claims, ledger entries, events and year rows of all plans; the caller holds the transaction."""
    events = [event for plan in plans for event in plan.events]
    for event in Event.objects.bulk_create(events, batch_size=2000):
        event.claim.last_event = event.pk
    LedgerEntry.objects.bulk_create([entry for plan in plans for entry in plan.entries], batch_size=2000)
    claims = [claim for plan in plans for claim in plan.changed]
    copy_update(Claim._meta.db_table, CLAIM_COLUMNS, [_claim_row(claim) for claim in claims])
    copy_update(EnterpriseYear._meta.db_table, YEAR_COLUMNS, [_year_row(plan, at) for plan in plans])


def _claim_row(claim):
    return (claim.pk, *(getattr(claim, name) for name in CLAIM_COLUMNS))


def _year_row(plan, at):
    row, result = plan.source.row, plan.result
    limit_claim = int(result.limit_claim) if result.limit_claim else None
    row.settled, row.settled_at = plan.source.started, at
    return (row.pk, row.settled, at, result.limit, result.total, result.overpaid, limit_claim)


def copy_update(table, columns, rows):
    """Updates `rows` (primary key first, then `columns` in order) of a table with two statements, whatever their number."""
    if not rows:
        return
    names = ", ".join(columns)
    text = io.StringIO()
    for row in rows:
        text.write("\t".join(map(_copy_text, row)) + "\n")
    text.seek(0)
    fields = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    assignments = ", ".join(f"{name} = fresh.{name}" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE fresh (id bigint, {fields}) ON COMMIT DROP")
        cursor.cursor.copy_expert(f"COPY fresh (id, {names}) FROM STDIN", text)
        cursor.execute(f'UPDATE "{table}" SET {assignments} FROM fresh WHERE "{table}".id = fresh.id')
        cursor.execute("DROP TABLE fresh")


def _copy_text(value):
    """One value in the text format of COPY: \\N for null, backslash escapes for what the format reserves."""
    if value is None:
        return "\\N"
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
