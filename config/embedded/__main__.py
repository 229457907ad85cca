"""``python -m config.embedded start | stop | status``."""

import argparse
import sys

from config import embedded
from config.addresses import Layout


def main() -> int:
    """Do what the command line says; for ``status``, 1 where a server does not run."""
    parser = argparse.ArgumentParser(prog="python -m config.embedded")
    parser.add_argument("action", choices=["start", "stop", "status"])
    action = parser.parse_args().action
    layout = Layout.from_environment()
    try:
        if action == "start":
            embedded.start(layout)
        elif action == "stop":
            embedded.stop(layout)
    except embedded.EmbeddedServerError as error:
        sys.exit(str(error))
    pids = embedded.running(layout)
    for name, pid in pids.items():
        print(f"{name}：{'未运行' if pid is None else f'运行中，进程 {pid}'}")
    return int(action == "status" and None in pids.values())


if __name__ == "__main__":
    sys.exit(main())
