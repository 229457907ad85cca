"""Checking a bundle away from the system: needs the file alone, no database."""

import hashlib
import json
import zipfile

from review.audit.agree import money_problems

FORMAT = "核查包 2"
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
_CHUNK = 256 * 1024


def bundle_check(path):
    """(number of members, sentences on what is wrong) of the bundle at a path. Raises OSError where it cannot be read."""
    try:
        with zipfile.ZipFile(path) as packed:
            return _check(packed)
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError, RuntimeError, EOFError):
        return 0, ["文件不是完整的压缩包。"]


def _check(packed):
    names = [info.filename for info in packed.infolist()]
    try:
        manifest = json.loads(packed.read(MANIFEST))
        listed = {each["name"]: (each["sha256"], each["size"]) for each in manifest["members"]}
    except (KeyError, TypeError, ValueError):
        return len(names), ["没有可以读取的 manifest.json，不是本平台的核查包。"]
    problems = [f"{name}：在包里出现了不止一次。" for name in sorted(set(names)) if names.count(name) > 1]
    problems += [f"{name}：清单里有，包里没有。" for name in listed if name not in names]
    problems += [
        f"{name}：清单里没有。" for name in names if name not in listed and name not in (MANIFEST, SUMS)
    ]
    for name, wanted in listed.items():
        if name in names and _hash_of(packed, name) != wanted:
            problems.append(f"{name}：内容与清单不符。")
    problems += _sums(packed, names, listed)
    return len(names), problems + (_money(packed, names) if not problems else [])


def _money(packed, names):
    """What the amounts say against each other, where every member is as it was packed."""
    try:
        return money_problems(names, packed.read)
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return ["金额不能读取，不是本平台的核查包。"]


def _hash_of(packed, name):
    """(SHA-256, size) of a member; (None, 0) where its bytes are damaged."""
    digest, size = hashlib.sha256(), 0
    try:
        with packed.open(name) as member:
            while chunk := member.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except (zipfile.BadZipFile, zipfile.zlib.error, EOFError):
        return None, 0
    return digest.hexdigest(), size


def _sums(packed, names, listed):
    """Whether SHA256SUMS says the same as the manifest, and what the manifest itself is."""
    if SUMS not in names:
        return [f"{SUMS}：包里没有。"]
    wanted = {name: sha256 for name, (sha256, _) in listed.items()} | {
        MANIFEST: _hash_of(packed, MANIFEST)[0]
    }
    lines = packed.read(SUMS).decode().splitlines()
    given = {name: sha256 for sha256, _, name in (line.partition("  ") for line in lines)}
    return [] if given == wanted else [f"{SUMS}：与 manifest.json 不符。"]
