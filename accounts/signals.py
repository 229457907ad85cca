"""What is told about people's own accounts to whoever listens, so that imports point one way."""

from django.dispatch import Signal

#: A person changed something of the own account: user, kind ("user.…"), data, at, source_ip. Sent inside the transaction.
account_changed = Signal()
