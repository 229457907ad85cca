"""Bundles of proof: everything about a claim or a batch as a zip with the hash of each member, written by a worker."""

import hashlib
import io
import json
import time
import zipfile

from django.db import transaction
from django.utils import timezone

from applications.files import path_of
from applications.imports.files import file_made, file_path, files_forget
from applications.jobs import WORKS, Work
from applications.models import Claim
from applications.readings import reading_topic
from applications.record import event_add
from review.audit.check import FORMAT, MANIFEST, SUMS
from review.audit.export import KEPT
from review.audit.members import batch_members, claim_members
from review.audit.titles import BUNDLED
from review.models import PayoutBatch

BUNDLE = "audit.bundle"
#: The same state makes the same bytes, whenever it is packed.
_STAMP = (1980, 1, 1, 0, 0, 0)
_CHUNK = 256 * 1024
_README = """核查包：{subject}

一、内容
申报.json 是申报内容、各步金额和现在的状态；核定数.json 是审核人员核定的数；计算说明.json 是每一步的计算依据和所用设置；
审核提示.json 是系统的提示和核实情况；操作记录.jsonl、总额账.jsonl 每行一条，与每日摘要所依据的写法相同；
相关记录.jsonl 是所在公示、批次、追回、预算的操作记录；经手人.json 说明记录中的人员编号；文书/ 是出具的文书内容；
证明材料.json 列出每个文件的校验值{files}；询问.json 是向企业的询问和答复，答复所附文件同样列出校验值。
资金方面：公示.json 和 异议.json；预算.json 是预算指标的每一份文件，预算不足分配.json 是预算不足时的决定和本件所得；
拨付.json 是每一笔拨付所在的批次、支付、结果和账户确认，银行回执.json 是导入过的回执，收款账户.json 是企业和其他收款方用过的账户；
追回.json 是追回要求、分期、到账和抵扣（已冲销的到账写明 reversed_at，不再计入），补发.json 是补发的意见和决定。
批次的核查包另有 批次.json、拨付明细.json、支付.json、账户确认.json、封存的拨付表和 银行回执/ 中的回执原件，每件申报各有一个文件夹。

二、怎样核对
1. 解压后在文件夹里运行：sha256sum -c SHA256SUMS，每一行都应显示 OK（成功）。
2. 或者运行：manage.py audit check 文件名，不需要连接数据库；除校验值外，还核对总额账、拨付、退汇、追回和批次的金额是否相互一致。
3. 制作核查包时，整个压缩包的校验值已写入操作记录，可以在平台的“操作记录”中查到，再与 sha256sum 文件名 的结果比较。
"""


class Packer:
    """A zip that is written member by member, with the size and hash of each."""

    def __init__(self, target):
        self._zip, self.members = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6), []

    def put(self, name, source):
        """Adds a member from bytes or a binary file; a second one of the same name is a fault of ours."""
        digest, size = hashlib.sha256(), 0
        info = zipfile.ZipInfo(name, _STAMP)
        info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
        with self._zip.open(info, "w") as member:
            source = io.BytesIO(source) if isinstance(source, bytes) else source
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                member.write(chunk)
        self.members.append({"name": name, "sha256": digest.hexdigest(), "size": size})

    def close(self, subject):
        """Adds manifest.json and SHA256SUMS, and ends the zip."""
        manifest = {"format": FORMAT, "subject": subject, "members": list(self.members)}
        self.put(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
        self.put(SUMS, "".join(f"{each['sha256']}  {each['name']}\n" for each in self.members).encode())
        self._zip.close()


def claim_pack(claim, target, *, with_files=False):
    """Writes the bundle of a claim to a binary file; returns how many members it has."""
    subject = f"申报 {claim.number}"
    packer = Packer(target)
    packer.put("说明.txt", _readme(subject, with_files))
    _claim_put(packer, claim.pk, "", with_files)
    packer.close(subject)
    return len(packer.members)


def batch_pack(batch, target, *, with_files=False, progress=None):
    """Writes the bundle of a batch and of all its claims to a binary file; returns how many members it has."""
    subject = f"批次 {batch.number}"
    packer = Packer(target)
    packer.put("说明.txt", _readme(subject, with_files))
    for name, content in batch_members(batch):
        packer.put(name, content)
    claims = list(Claim.objects.filter(payment_lines__batch=batch).order_by("number").distinct())
    if progress:
        progress.phase("正在整理", len(claims))
    for done, claim in enumerate(claims, start=1):
        _claim_put(packer, claim.pk, f"申报/{claim.number}/", with_files)
        if progress:
            progress.step(done)
    packer.close(subject)
    return len(packer.members)


def _readme(subject, with_files):
    files = "，文件本身在 证明材料/、答复所附文件/ 中" if with_files else "，文件本身不在包内"
    return _README.format(subject=subject, files=files).encode()


def _claim_put(packer, claim_id, folder, with_files):
    members, files = claim_members(claim_id, folder)
    for name, content in members:
        packer.put(name, content)
    for name, file in files if with_files else []:
        # Bytes that are lost are told by the member that is not there beside its hash in the list.
        if path_of(file.sha256).exists():
            with path_of(file.sha256).open("rb") as source:
                packer.put(name, source)


def _bundle(job, progress):
    """Packs what was asked for into a file that whoever asked takes within a day; its hash is recorded."""
    files_forget("audit-", before=time.time() - KEPT)
    number, with_files = job.params["number"], job.params["files"]
    name = f"audit-{job.pk}"
    progress.phase("正在整理")
    with file_made(name) as target:
        if job.params["of"] == "batch":
            batch = PayoutBatch.objects.get(number=number)
            members = batch_pack(batch, target, with_files=with_files, progress=progress)
        else:
            members = claim_pack(Claim.objects.get(number=number), target, with_files=with_files)
    with file_path(name).open("rb") as packed:
        sha256 = hashlib.file_digest(packed, "sha256").hexdigest()
    result = {
        "file": name,
        "rows": members,
        "sha256": sha256,
        "ending": "zip",
        "name": f"核查包-{number}.zip",
    }
    topic = f"bundle:{number}" if job.params["of"] == "batch" else reading_topic(number)
    with transaction.atomic():
        event_add(
            kind=BUNDLED,
            actor=job.created_by,
            at=timezone.now(),
            source_ip=job.source_ip,
            topic=topic,
            data={"file": result["name"], "sha256": sha256},
        )
    return result


WORKS[BUNDLE] = Work(_bundle)
