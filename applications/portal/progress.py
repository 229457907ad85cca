"""How far a claim's form has come: its sections, what each still lacks, and where the first gap is."""

from dataclasses import dataclass, field

from accounts.ui import ErrorLink, error_links
from applications.evidence import SUPPORT_DOCUMENT
from applications.forms.claim_form import YES

SUPPORT_FIELDS = ("other_support", "other_support_cny")


@dataclass
class Section:
    """One section of the filing page. `gaps` say what it lacks before the claim can be submitted."""

    key: str
    title: str
    number: int = 0
    gaps: list[ErrorLink] = field(default_factory=list)
    #: Words in place of 已完成 where there is nothing to fill in, or not yet.
    note: str = ""

    @property
    def anchor(self):
        """Where the table of contents leads."""
        return f"part-{self.key}"

    @property
    def is_done(self):
        """Whether nothing is left to do in it."""
        return not self.gaps and not self.note


@dataclass(frozen=True)
class Progress:
    """All sections of a filing page, in the order of the page."""

    sections: list[Section]

    @property
    def gaps(self):
        """Everything that is still missing or wrong, in the order of the page."""
        return [gap for section in self.sections for gap in section.gaps]

    @property
    def first(self):
        """The first gap, None where there is none."""
        return next(iter(self.gaps), None)


def filing_progress(*, form, documents, is_verified):
    """The Progress of a claim. `form` is its form checked as for submission, `documents` its checklist.

    The statement is not a gap: it is made anew with every submission.
    """
    sections = [
        Section("firm", "企业与官方数据", note="" if is_verified else "核验中"),
        Section("content", "申报内容", gaps=_content_gaps(form)),
        Section("support", "其他支持", gaps=_field_gaps(form, lambda name: name in SUPPORT_FIELDS)),
        Section("papers", "证明材料", gaps=_paper_gaps(form, documents)),
        Section("check", "核对提交", note="最后一步"),
    ]
    if not _has_content(form):
        sections = [section for section in sections if section.key != "content"]
    for number, section in enumerate(sections, 1):
        section.number = number
    return Progress(sections)


def _has_content(form):
    return bool(form.particular_fields or form.fact_fields or form.row_sets)


def _content_gaps(form):
    gaps = _field_gaps(form, lambda name: name not in (*SUPPORT_FIELDS, "statement"))
    for rows in form.all_rows:
        gaps += row_gaps(rows)
    return gaps


def _field_gaps(form, belongs):
    targets = {form[name].auto_id: name for name in form.errors if name in form.fields}
    return [
        link
        for link in error_links(form)
        if belongs(targets.get(link.target.removesuffix("_0"), targets.get(link.target, "")))
    ]


def row_gaps(rows):
    """What is wrong with the rows of one kind, each told with the number of its row."""
    gaps = [ErrorLink(f"rows-{rows.prefix}", rows.declared.label, text) for text in rows.non_form_errors()]
    for number, row in enumerate(rows.forms, 1):
        place = f"{rows.declared.row_label} {number}"
        gaps += [ErrorLink(link.target, f"{place}，{link.label}", link.text) for link in error_links(row)]
    return gaps


def _paper_gaps(form, documents):
    supported = form.data.get(SUPPORT_FIELDS[0]) == YES
    gaps = []
    for row in documents:
        missing = row.missing or (supported and row.document is SUPPORT_DOCUMENT and not row.given)
        if missing:
            text = f"还缺 {row.missing} 个文件" if row.document.min_files > 1 else "尚未上传"
            gaps.append(ErrorLink(f"ev-{row.document.code}", row.document.label, text))
    return gaps
