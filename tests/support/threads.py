"""Doing things at the same moment, as people on several screens do."""

from threading import Barrier, Thread

from django.db import connections

from applications.errors import Refused

#: Seconds that somebody may wait for the others.
LIMIT = 120


def together(*calls):
    """Runs calls at the same moment, each on a connection of its own; returns what each returned, or its refusal.

    Anything else that a call raises, a deadlock among it, is raised here.
    """
    barrier, results, errors = Barrier(len(calls)), [None] * len(calls), []

    def run(position, call):
        try:
            barrier.wait(LIMIT)
            results[position] = call()
        except Refused as refusal:
            results[position] = refusal
        except Exception as error:  # noqa: BLE001 - whatever it is, the test is to see it
            errors.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(position, call)) for position, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
        assert not thread.is_alive(), "somebody waits for ever"
    if errors:
        raise errors[0]
    return results
