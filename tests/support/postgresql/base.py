"""The flush between tests, past the triggers that keep append-only tables from being emptied."""

from django.db.backends.postgresql import base, operations


class DatabaseOperations(operations.DatabaseOperations):
    """Empties tables as a replica would, for which triggers do not fire; only this one transaction does."""

    def sql_flush(self, *args: object, **kwargs: object) -> list[str]:
        statements = super().sql_flush(*args, **kwargs)
        return ["SET LOCAL session_replication_role = replica;", *statements] if statements else []


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
