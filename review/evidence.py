"""The documents of a claim as a reviewer reads them."""

from dataclasses import dataclass, field

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


@dataclass
class Document:
    """One required document with the files given for it."""

    label: str
    required: bool
    files: list = field(default_factory=list)

    @property
    def is_missing(self):
        """A required document without any file."""
        return self.required and not self.files


def documents(claim):
    """The documents that the item asks for, in its order, with their files: one query."""
    found = {each.code: Document(each.label, each.required) for each in claim.rule.evidence}
    for use in claim.evidence.filter(removed_at=None).select_related("file").order_by("pk"):
        found.setdefault(use.document, Document(use.document, False)).files.append(use.file)
    return list(found.values())


def file_open(documents, wanted):
    """The file to show: the wanted one (its key as text), otherwise the first; None where there is none."""
    files = [OpenFile(file, document.label) for document in documents for file in document.files]
    chosen = [each for each in files if str(each.file.pk) == wanted]
    return (chosen or files or [None])[0]
