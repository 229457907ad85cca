"""What the tests of messy files share."""

import pytest

from .asking import ask


@pytest.fixture
def load(db, tmp_path):
    """Writes the content of a file and loads it: ``load(kind, content, *flags, name=…)``."""

    def run(kind, content, *flags, name=None):
        path = tmp_path / (name or ("数据.xlsx" if content[:2] == b"PK" else "数据.csv"))
        path.write_bytes(content)
        return ask(kind, path, *flags)

    return run
