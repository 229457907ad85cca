"""Digests of days can only be added, as what they cover; appropriations likewise."""

from django.db import migrations

TABLES = ("review_daydigest", "review_appropriation")


def triggers(table):
    """SQL that makes a table append-only, row by row and for TRUNCATE."""
    return f"""
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
    CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    """


def drop(table):
    """SQL that takes the triggers away again."""
    return f"DROP TRIGGER append_only ON {table}; DROP TRIGGER append_only_truncate ON {table};"


class Migration(migrations.Migration):
    dependencies = [("review", "0001_initial"), ("applications", "0002_append_only")]

    operations = [migrations.RunSQL(triggers(table), drop(table)) for table in TABLES]
