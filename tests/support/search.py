"""How far random searches go."""

import os

#: How many times as many examples as usual are tried.
TIMES = int(os.environ.get("SEARCH_TIMES", "1"))
