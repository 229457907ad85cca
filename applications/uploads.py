"""Receiving files: what is longer than evidence may be is counted to its end but not kept."""

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class BoundedFileUploadHandler(TemporaryFileUploadHandler):
    """Writes at most one byte more than the limit to disk. `size` still tells how long the file was, for the refusal."""

    def receive_data_chunk(self, raw_data, start):
        room = settings.EVIDENCE_MAX_BYTES + 1 - start
        if room > 0:
            super().receive_data_chunk(raw_data[:room], start)
