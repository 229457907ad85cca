"""Files of official data, and what people do with them in the console, for the tests of the import pages."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from applications.jobs import job_run
from applications.models import DataLoad
from tests.factories import credit_code

HEADINGS = "统一社会信用代码,企业名称,年度,进口额,出口额,备注"


def figures_csv(*rows, headings=HEADINGS):
    """A CSV file of figures; each row is what stands behind code and name: (number of the firm, year, import, export)."""
    lines = [headings]
    lines += [
        f"{credit_code(number)},示例企业{number},{year},{imports},{exports},无"
        for number, year, imports, exports in rows
    ]
    return "\n".join(lines).encode()


#: Two good rows; two, of which one is bad.
GOOD = figures_csv((901, 2025, "100.00", "200"), (902, 2025, "300", "0"))
MIXED = figures_csv((901, 2025, "100.00", "200"), (902, "二零二五", "1.2.3", "0"))


def upload(client, content=GOOD, name="统计.csv", kind="figures"):
    """Sends the form with a file, or without one; returns the response."""
    data = {} if content is None else {"file": SimpleUploadedFile(name, content)}
    return client.post(reverse("review:import_kind", args=[kind]), data)


def uploaded(client, content=GOOD, name="统计.csv", kind="figures"):
    """Uploads a file; returns the load, whose check waits for a worker."""
    response = upload(client, content, name, kind)
    assert response.status_code == 302, response.content.decode()
    return DataLoad.objects.latest("pk")


def worked(load):
    """Does the job of a load, as a worker does; returns the load as it is then."""
    job_run(load.job_id)
    load.refresh_from_db()
    return load


def checked(client, *args, **options):
    """Uploads a file and has it checked."""
    return worked(uploaded(client, *args, **options))


def act(client, load, action, **data):
    """Presses a button of the load's page."""
    address = reverse("review:load_act", args=[load.pk, action])
    return client.post(address, {"token": load.job_id, **data})


def stored(client, *args, good_rows=False, **options):
    """Uploads a file, confirms it and has it stored."""
    load = checked(client, *args, **options)
    response = act(client, load, "confirm", **({"good_rows": "1"} if good_rows else {}))
    assert response.status_code == 302, response.content.decode()
    load.refresh_from_db()
    return worked(load)


def page(client, load):
    """The text of a load's page."""
    response = client.get(reverse("review:load", args=[load.pk]))
    assert response.status_code == 200
    return response.content.decode()


def book_of(response):
    """The workbook that a response holds."""
    return load_workbook(io.BytesIO(b"".join(response.streaming_content)))
