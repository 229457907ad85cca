"""The longest years are begun first: nothing else lasts as long, and the rest is done beside them."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(
        key=lambda item: not (item.path.parent.name == "simulation" and item.get_closest_marker("slow"))
    )
