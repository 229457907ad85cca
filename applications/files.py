"""Storing files by their SHA-256 outside every served folder, and handing them out again."""

import hashlib
import logging
import os
import tempfile
import unicodedata
from datetime import timedelta
from pathlib import Path, PurePath

from django.conf import settings
from django.db.models import Sum
from django.http import FileResponse
from django.utils import timezone

from applications.errors import Refused
from applications.models import EvidenceFile
from applications.sniff import KINDS, Unacceptable, sniff

log = logging.getLogger(__name__)

CHUNK = 256 * 1024
NAME_LENGTH = 120


class FileMissing(LookupError):
    """The row is there but its bytes are not."""


def file_store(*, upload, enterprise, user, sheets=True, at=None):
    """Checks an uploaded file by its content, stores its bytes, and returns its EvidenceFile.

    The same content under the same name is one row per enterprise; `sheets` says whether spreadsheets are taken. Raises Refused with a sentence about the file; then
    nothing is stored.
    """
    most = settings.EVIDENCE_MAX_BYTES
    if upload.size > most:
        raise Refused(
            f"文件 {megabytes(upload.size)} MB，超过 {megabytes(most)} MB。请压缩或分成两个文件再上传。"
        )
    try:
        kind = sniff(upload.file, sheets=sheets)
    except Unacceptable as error:
        raise Refused(str(error)) from error
    at = at or timezone.now()
    _check_daily(upload, enterprise, user, at)
    digest, size = bytes_store(upload.file)
    name = clean_name(upload.name, kind)
    same = EvidenceFile.objects.filter(enterprise=enterprise, sha256=digest, name=name)
    # Papers of people who have no firm yet are their own, whatever others upload.
    row = (same if enterprise else same.filter(uploaded_by=user)).first()
    return row or EvidenceFile.objects.create(
        enterprise=enterprise,
        sha256=digest,
        name=name,
        content_type=kind.content_type,
        size=size,
        uploaded_by=user,
        uploaded_at=at,
    )


def file_known(*, enterprise, sha256, name, user, at=None):
    """The EvidenceFile with this content and name, made anew where the enterprise has stored the bytes under another name.

    None where the enterprise has not stored them, or where they are missing.
    """
    stored = EvidenceFile.objects.filter(enterprise=enterprise, sha256=sha256).order_by("pk").first()
    if stored is None or not path_of(stored.sha256).exists():
        return None
    shown = clean_name(name, KINDS[stored.content_type]) if stored.content_type in KINDS else stored.name
    same = EvidenceFile.objects.filter(enterprise=enterprise, sha256=stored.sha256, name=shown).first()
    return same or EvidenceFile.objects.create(
        enterprise=enterprise,
        sha256=stored.sha256,
        name=shown,
        content_type=stored.content_type,
        size=stored.size,
        uploaded_by=user,
        uploaded_at=at or timezone.now(),
    )


def _check_daily(upload, enterprise, user, at):
    """Nobody fills the disk: what is taken out of a claim again stays stored, and anybody can sign up."""
    checked = enterprise is not None and enterprise.is_verified
    most = settings.EVIDENCE_MAX_DAILY_BYTES if checked else settings.EVIDENCE_MAX_DAILY_BYTES_UNCHECKED
    recent = EvidenceFile.objects.filter(uploaded_by=user, uploaded_at__gt=at - timedelta(days=1))
    if (recent.aggregate(sum=Sum("size"))["sum"] or 0) + upload.size > most:
        raise Refused(f"您一天内上传的文件合计超过 {megabytes(most)} MB。请压缩文件，或明天再上传。")


def bytes_store(source):
    """Copies a binary file to its place and returns (SHA-256, size).

    What stands under a hash is whole: it is written aside, flushed to disk, and renamed. Only the owner may read it.
    """
    aside = _root() / "incoming"
    aside.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    handle, temporary = tempfile.mkstemp(dir=aside)
    try:
        with os.fdopen(handle, "wb") as target:
            source.seek(0)
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        place = path_of(digest.hexdigest())
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.replace(temporary, place)
        _flush_folder(place.parent)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return digest.hexdigest(), size


def _flush_folder(folder):
    """Makes a rename survive a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _root():
    return Path(settings.EVIDENCE_ROOT)


def path_of(sha256):
    """Where the bytes with a hash lie."""
    return _root() / sha256[:2] / sha256[2:4] / sha256


def clean_name(name, kind):
    """The name to show and to save under: no folders, no control characters, and the ending of what the file is."""
    bare = PurePath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    printable = "".join(letter for letter in bare if letter.isprintable()).lstrip().rstrip(" .")
    stem, dot, ending = printable.rpartition(".")
    if dot and f".{ending.lower()}" in kind.extensions:
        return f"{stem[:NAME_LENGTH] or '文件'}.{ending.lower()}"
    return f"{printable[:NAME_LENGTH] or '文件'}{kind.extensions[0]}"


def megabytes(size):
    """A size in MB for people, as in 23.4."""
    return f"{size / 1024 / 1024:.1f}".removesuffix(".0")


def _policy(kind):
    """The security policy of a file: no script runs, nothing is loaded or sent, and only our pages may frame it.

    A browser's own viewer of PDFs is a plugin with styles of its own, which a sandbox would switch off; the scripts of such
    a file never see our pages. Everything else is also kept in a sandbox.
    """
    needs = (
        "object-src 'self'" if kind and kind.content_type == "application/pdf" else "img-src 'self'; sandbox"
    )
    return (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors 'self'; {needs}"
    )


def file_response(file):
    """The bytes of an EvidenceFile as a response that no browser may run, keep or show elsewhere.

    Documents and pictures open in the browser, all else is saved. Raises FileMissing.
    """
    kind = KINDS.get(file.content_type)
    try:
        handle = path_of(file.sha256).open("rb")
    except FileNotFoundError as error:
        log.error("the bytes of evidence file %s are missing", file.pk)
        raise FileMissing(file.pk) from error
    response = FileResponse(
        handle,
        as_attachment=not (kind and kind.inline),
        filename=file.name,
        content_type=kind.content_type if kind else "application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = _policy(kind)
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response
