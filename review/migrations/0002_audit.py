"""Digests of days can only be added, as what they cover."""

from django.db import migrations

TABLE = "review_daydigest"


class Migration(migrations.Migration):
    dependencies = [("review", "0001_initial"), ("applications", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            f"""
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {TABLE}
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {TABLE}
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
            """,
            f"DROP TRIGGER append_only ON {TABLE}; DROP TRIGGER append_only_truncate ON {TABLE};",
        ),
    ]
