"""Installations of their own, so that a test may kill what it likes."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import embedded
from config.addresses import Layout


@pytest.fixture
def layout() -> Iterator[Layout]:
    """An empty data folder with a short path; whatever runs on it at the end is stopped."""
    folder = Path(tempfile.mkdtemp(prefix="installation-"))
    yield Layout(folder / "data")
    embedded.stop(Layout(folder / "data"))
    shutil.rmtree(folder)
