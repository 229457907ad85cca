"""The whole product on one machine: web, worker and beat, restarted when they die, stopped together.

``python -m config.supervisor``, or ``make run``.
"""
