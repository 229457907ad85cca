"""Receiving files: what is longer than its page takes is counted to its end but not kept."""

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler


def takes_files_up_to(setting, *roles):
    """Marks a view: whoever holds one of the posts may send it files as long as a setting says.

    The body is received before the view can ask who sent it, so that a longer limit for everybody would let anybody fill
    the disk.
    """

    def mark(view):
        view.takes_files = (setting, roles)
        return view

    return mark


class BoundedFileUploadHandler(TemporaryFileUploadHandler):
    """Writes at most one byte more than the limit to disk. `size` still tells how long the file was, for the refusal."""

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self._most = _most_bytes(self.request)

    def receive_data_chunk(self, raw_data, start):
        room = self._most + 1 - start
        if room > 0:
            super().receive_data_chunk(raw_data[:room], start)


def _most_bytes(request):
    match = request.resolver_match
    setting, roles = getattr(match.func, "takes_files", ("", ())) if match else ("", ())
    if setting and request.user.is_authenticated and request.user.has_post(*roles):
        return getattr(settings, setting)
    return settings.EVIDENCE_MAX_BYTES
