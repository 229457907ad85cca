"""Events, ledger entries, issued letters and receipts can only be added: the database refuses UPDATE, DELETE and TRUNCATE.

Of a receipt it may be written once that it has been reversed, by whom and why.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % can only be added', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""
REVERSAL = """
CREATE FUNCTION refuse_change_but_reversal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    said text[] := ARRAY['reversed_at', 'reversed_by_id', 'reversal_reason'];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.reversed_at IS NULL AND NEW.reversed_at IS NOT NULL
            AND to_jsonb(NEW) - said = to_jsonb(OLD) - said THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'rows of % can only be added', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""
RECEIPTS = "applications_receipt"
TABLES = ("applications_event", "applications_ledgerentry", "applications_letter", RECEIPTS)


def triggers(table):
    """SQL that makes a table append-only, row by row and for TRUNCATE."""
    refusal = "refuse_change_but_reversal" if table == RECEIPTS else "refuse_change"
    return f"""
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION {refusal}();
    CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    """


def drop(table):
    """SQL that takes the triggers away again."""
    return f"DROP TRIGGER append_only ON {table}; DROP TRIGGER append_only_truncate ON {table};"


class Migration(migrations.Migration):
    dependencies = [("applications", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION refuse_change();"),
        migrations.RunSQL(REVERSAL, "DROP FUNCTION refuse_change_but_reversal();"),
        *(migrations.RunSQL(triggers(table), drop(table)) for table in TABLES),
    ]
