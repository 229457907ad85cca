"""Django's PostgreSQL backend, able to empty tables that refuse it: see :mod:`.base`."""
