"""Writing what settlements found: COPY into a temporary table and one UPDATE … FROM, for one year or thousands."""

from django.db import connection

from applications.copying import copy_in
from applications.models import Claim, EnterpriseYear, Event, Flag
from applications.signals import events_added

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
    "computed_under": "jsonb",
    "lifetime_key": "varchar(240)",
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

FLAG_COLUMNS = {"data": "jsonb", "lifted_at": "timestamptz"}

EVENT_FIELDS = ("kind", "at", "enterprise_id", "claim_id", "topic", "data")
ENTRY_FIELDS = ("enterprise_id", "year", "claim_id", "kind", "amount_cny", "at", "topic")
FLAG_FIELDS = ("claim_id", "kind", "key", "hard", "data", "raised_at", "dismissed_reason")


def plans_write(plans, *, at):
    """Writes claims, ledger entries, events and year rows of all plans; the caller holds the transaction."""
    events = [event for plan in plans for event in plan.events]
    copy_insert(events, EVENT_FIELDS)
    for event in events:
        event.claim.last_event = event.pk
    copy_insert([entry for plan in plans for entry in plan.entries], ENTRY_FIELDS)
    claims = [claim for plan in plans for claim in plan.changed]
    copy_update(Claim._meta.db_table, CLAIM_COLUMNS, [claim_row(claim) for claim in claims])
    _flags_write(plans)
    copy_update(EnterpriseYear._meta.db_table, YEAR_COLUMNS, [year_row(plan, at) for plan in plans])
    events_added.send(sender=Event, events=events)


def _flags_write(plans):
    """What ends is written before what begins: a flag stands once."""
    changed = [flag for plan in plans for flag in plan.flags.changed]
    copy_update(Flag._meta.db_table, FLAG_COLUMNS, [(flag.pk, flag.data, flag.lifted_at) for flag in changed])
    copy_insert([flag for plan in plans for flag in plan.flags.raised], FLAG_FIELDS)


def claim_row(claim):
    """One row of CLAIM_COLUMNS, primary key first."""
    return (claim.pk, *(getattr(claim, name) for name in CLAIM_COLUMNS))


def year_row(plan, at):
    """One row of YEAR_COLUMNS, primary key first; sets the year row in memory as well."""
    row, result = plan.source.row, plan.result
    limit_claim = int(result.limit_claim) if result.limit_claim else None
    row.settled, row.settled_at = plan.source.started, at
    return (row.pk, row.settled, at, result.limit, result.total, result.overpaid, limit_claim)


def copy_insert(rows, fields):
    """Inserts new model instances of one kind by COPY and gives them their keys; `fields` are attributes and columns."""
    if not rows:
        return
    table = rows[0]._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, len(rows)]
        )
        for row, (key,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = key
    values = ((row.pk, *(getattr(row, name) for name in fields)) for row in rows)
    copy_in(f'"{table}" (id, {", ".join(fields)})', values)


def copy_update(table, columns, rows):
    """Updates `rows` (primary key first, then `columns` in order) of a table with two statements, whatever their number."""
    if not rows:
        return
    names = ", ".join(columns)
    fields = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    assignments = ", ".join(f"{name} = fresh.{name}" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE fresh (id bigint, {fields}) ON COMMIT DROP")
        copy_in(f"fresh (id, {names})", rows)
        cursor.execute(f'UPDATE "{table}" SET {assignments} FROM fresh WHERE "{table}".id = fresh.id')
        cursor.execute("DROP TABLE fresh")
