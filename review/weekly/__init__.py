"""The weekly report: what came to each office, what was decided there and by whom, and what waits at the end of the week."""
