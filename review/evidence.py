"""Which document a reviewer has open, and how a page can show it."""

from dataclasses import dataclass

IMAGES = frozenset({"image/jpeg", "image/png"})
PDF = "application/pdf"


@dataclass(frozen=True)
class OpenFile:
    """The file that the viewer shows; `shown_as` is image, pdf, or download where a browser cannot draw it."""

    file: object
    document: str

    @property
    def shown_as(self):
        """How the page shows the file."""
        if self.file.content_type in IMAGES:
            return "image"
        return "pdf" if self.file.content_type == PDF else "download"


def file_open(checklist, wanted):
    """The file to show: the wanted one (its key as text), otherwise the first; None where there is none."""
    files = [OpenFile(use.file, row.document.label) for row in checklist for use in row.given]
    chosen = [each for each in files if str(each.file.pk) == wanted]
    return (chosen or files or [None])[0]
