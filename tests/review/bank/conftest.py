"""Finance of the province, and locked batches of any number of payments."""

from datetime import timedelta
from functools import partial

import pytest

from review.bank.importing import result_import
from review.bank.reports import payment_report
from tests.factories import NOW
from tests.review.bank.sheets import sheet_file
from tests.review.batch_world import finance_world, locked, payable_claims

#: Days after the batch was locked.
LATER = NOW + timedelta(days=9)


@pytest.fixture
def world(db):
    """The people, with short ways to report and to import as the maker, nine days after locking."""
    world = finance_world()
    world.report = partial(payment_report, actor=world.maker, at=LATER)
    return world


@pytest.fixture
def batch(world):
    """A locked batch of four payments of 70,000.00 yuan."""
    return locked(world, payable_claims(world, 4))


@pytest.fixture
def imports(world, tmp_path):
    """Imports rows as a sheet."""

    def run(batch, rows, **fields):
        path = sheet_file(tmp_path, rows, fields.pop("name", "回执.csv"))
        values = {"actor": world.maker, "at": LATER, **fields}
        return result_import(batch_id=batch.pk, path=path, name=path.name, **values)

    return run
