"""Which document a reviewer has open, and how a page can show it."""

from dataclasses import dataclass

from applications.files import path_of

IMAGES = frozenset({"image/jpeg", "image/png"})
PDF = "application/pdf"


@dataclass(frozen=True)
class OpenFile:
    """The file that the viewer shows."""

    file: object
    document: str

    @property
    def shown_as(self):
        """How the page shows the file: image, pdf, download where a browser cannot draw it, or missing."""
        if not path_of(self.file.sha256).exists():
            return "missing"
        if self.file.content_type in IMAGES:
            return "image"
        return "pdf" if self.file.content_type == PDF else "download"


def file_open(checklist, wanted):
    """The file to show: the wanted one (its key as text), otherwise the first; None where there is none."""
    files = [OpenFile(use.file, row.document.label) for row in checklist for use in row.given]
    chosen = [each for each in files if str(each.file.pk) == wanted]
    return (chosen or files or [None])[0]
