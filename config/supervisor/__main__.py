"""``python -m config.supervisor``: make ready, start, watch, stop."""

import os
import sys

from config.addresses import Layout
from config.embedded import SERVERS, EmbeddedServerError
from config.secret import SecretKeyMissing
from config.supervisor.guard import AlreadySupervised, PortTaken, port_require, supervise_alone
from config.supervisor.prepare import PreparationFailed, prepare
from config.supervisor.state import leftovers_end
from config.supervisor.watch import Supervisor


def main() -> None:
    """Run until a signal comes. What stands in the way is said in one sentence on standard error."""
    # What is served here is plain HTTP. Whoever puts a proxy with TLS in front of it says so.
    os.environ.setdefault("BEHIND_TLS", "0")
    # Sample officers have no telephone. Whoever serves real people here gives the database, or says so.
    if "DATABASE_URL" not in os.environ or os.environ.get("SAMPLE") == "1":
        os.environ.setdefault("SECOND_FACTOR_REQUIRED", "0")
    layout = Layout.from_environment()
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
    given = {"PostgreSQL": "DATABASE_URL", "Valkey": "REDIS_URL"}
    own_servers = frozenset(name for name in SERVERS if given[name] not in os.environ)
    try:
        with supervise_alone(layout):
            left_servers = leftovers_end(layout)
            port_require(host, port)
            with Supervisor(
                layout, own_servers=own_servers, left_servers=left_servers, host=host, port=port
            ) as supervisor:
                prepare(
                    layout,
                    own_database="PostgreSQL" in own_servers,
                    stopping=supervisor.stopping,
                )
                supervisor.run()
    except (
        AlreadySupervised,
        EmbeddedServerError,
        PortTaken,
        PreparationFailed,
        SecretKeyMissing,
    ) as refusal:
        sys.exit(str(refusal))


if __name__ == "__main__":
    main()
