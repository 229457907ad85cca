"""Filing: drafts, submission, and what the enterprise may do with a claim afterwards."""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from applications.calendar import due_date
from applications.changes import changes_of, same, untouched
from applications.correction import closed_kept, opened_of, support_kept
from applications.drafts import draft_kept
from applications.errors import NotAllowed, Refused, Stale
from applications.evidence import evidence_missing
from applications.facts import OTHER_SUPPORT, fact_lines, value_at
from applications.lifecycle import TRANSITIONS, claim_lock, perform, transition
from applications.lifecycle.people import acts_for
from applications.models import Claim, Event, State
from applications.models.states import EDITABLE_STATES, LIVE_STATES
from applications.numbers import number_next
from applications.record import clock, event_add
from applications.settlement.mark import year_lock
from measures import registry
from measures.contract import ContractError, parse_facts

#: Characters of what the enterprise says to the reviewer about a correction.
EXPLANATION_LENGTH = 1000


class Overtaken(Stale):
    """The draft was saved from another page since this one was made; nothing was saved now."""


class SameSubject(Refused):
    """Another live claim of the firm is about the same; `other` is that claim. Nothing was saved."""

    def __init__(self, claim, other):
        rule = claim.rule
        fields = [each for each in (*rule.facts, *rule.particulars) if each.name in rule.subject_fields]
        names = "、".join(f"“{each.label}”" for each in fields)
        super().__init__(
            f"{names}与另一件申报 {other.number}（{State(other.state).label}）相同，同一对象一年只办一件，这里填的没有保存。"
            "请打开那一件办理；不是同一件的，请改正这里。",
            field=rule.sole_fact or "",
        )
        self.other = other


@dataclass(frozen=True)
class Declared:
    """What an enterprise declares in one claim, checked by the form: facts and particulars as JSON data, yuan."""

    facts: dict
    particulars: dict
    other_support_cny: Decimal


def draft_open(*, enterprise, item, period, actor, draft=None, at=None, source_ip=None):
    """Opens the enterprise's draft for an item in a filing period, or the claim that already has the subject.

    Returns (claim, created). Two clerks at once get the same claim: the year's row is locked first, and the database
    allows one live claim per item, year and subject.
    """
    rule = registry.item(item)
    at = at or timezone.now()
    if period.items and item not in period.items:
        raise Refused(f"{period.title}不受理 {item} {rule.title}。")
    subject = rule.subject((draft or {}).get("facts", {}), (draft or {}).get("particulars", {}))[:200]
    with transaction.atomic():
        if not acts_for(actor, enterprise.pk):
            raise NotAllowed("只有本企业的经办人可以申报。")
        year_lock(enterprise_id=enterprise.pk, year=period.year)
        found = Claim.objects.filter(
            enterprise=enterprise, item=item, year=period.year, subject=subject, state__in=LIVE_STATES
        ).first()
        if found:
            return found, False
        claim = Claim.objects.create(
            number=number_next(f"{period.year}-{item}"),
            enterprise=enterprise,
            item=item,
            year=period.year,
            subject=subject,
            period=period,
            created_by=actor,
            created_at=at,
            state_since=at,
            draft=draft or {},
        )
        event_add(kind="claim.created", actor=actor, at=at, source_ip=source_ip, claim=claim)
        return claim, True


@transaction.atomic
def claim_confirm(*, enterprise, item, period, facts, actor, at=None, source_ip=None):
    """Files what official data have prepared in full, for a matter that no other provincial policy has supported.

    Returns (claim, filed): the claim that the enterprise already has for the same, untouched, where there is one. Raises
    Refused where it cannot be submitted; then there is no draft of it either.
    """
    by = {"actor": actor, "at": at or timezone.now(), "source_ip": source_ip}
    draft = {"facts": facts, "particulars": {}, "other_support": {"answer": "no", "amount": ""}}
    claim, created = draft_open(enterprise=enterprise, item=item, period=period, draft=draft, **by)
    if not created:
        return claim, False
    declared = Declared(facts=facts, particulars={}, other_support_cny=Decimal("0.00"))
    return claim_submit(claim_id=claim.pk, declared=declared, **by), True


def draft_version(claim):
    """Names the draft as it was last saved; a page carries it, so that nobody overwrites what they have not seen."""
    return claim.draft_saved_at.isoformat() if claim.draft_saved_at else ""


def draft_save(*, claim_id, actor, draft, version=None, page="", at=None):
    """Keeps what the clerk has typed, wrong or not; what a return has not opened stays as it was submitted.

    Writes no event: typing is not a step. `version` is the `draft_version` that the page was made from, and `page` names
    the page, whose own saves may arrive in any order. Raises Overtaken where another page has saved since, and Refused
    where the claim is not open for changes, SameSubject where another claim already has the subject that was typed.
    """
    with transaction.atomic():
        claim = _draft_lock(claim_id, actor)
        _check_version(claim, actor, version, page)
        kept = {key: claim.draft[key] for key in ("explanation",) if key in claim.draft}
        claim.draft = {**draft_kept(claim, draft), **kept, "page": page[:40]}
        claim.draft_saved_at, claim.draft_saved_by = at or timezone.now(), actor
        fields = ["draft", "draft_saved_at", "draft_saved_by"]
        if claim.state == State.DRAFT:
            claim.subject = claim.rule.subject(draft.get("facts", {}), draft.get("particulars", {}))[:200]
            fields.append("subject")
        try:
            with transaction.atomic():
                claim.save(update_fields=fields)
        except IntegrityError as error:
            raise _same_subject(claim) from error
    return claim


def _same_subject(claim):
    """The refusal that names the live claim which has the subject of this draft."""
    same = Claim.objects.filter(
        enterprise=claim.enterprise_id, item=claim.item, year=claim.year, subject=claim.subject
    )
    return SameSubject(claim, same.filter(state__in=LIVE_STATES).exclude(pk=claim.pk).get())


def explanation_save(*, claim_id, actor, text):
    """Keeps what the enterprise is about to say to the reviewer about its correction, for the next page that asks."""
    with transaction.atomic():
        claim = _draft_lock(claim_id, actor)
        claim.draft = {**claim.draft, "explanation": text.replace("\x00", "")[:EXPLANATION_LENGTH]}
        claim.save(update_fields=["draft"])


def _draft_lock(claim_id, actor):
    """The claim's row, locked, where this person may change it now."""
    claim = Claim.objects.select_for_update(of=("self",)).select_related("draft_saved_by").get(pk=claim_id)
    if not acts_for(actor, claim.enterprise_id):
        raise NotAllowed("只有本企业的经办人可以修改。")
    if claim.state not in EDITABLE_STATES:
        raise Refused(f"这件申报现在是“{State(claim.state).label}”，不能修改。")
    return claim


def _check_version(claim, actor, version, page):
    """Whoever saves must have seen what was saved last, unless this very page saved it."""
    if version is None or claim.draft_saved_by is None or version == draft_version(claim):
        return
    if page and page == claim.draft.get("page"):
        return
    by = claim.draft_saved_by
    who = "您从另一个页面" if by == actor else f"同事{by.name}"
    raise Overtaken(
        f"{who}在 {clock(claim.draft_saved_at)} 保存过这份草稿，您刚才填的内容还在本页，没有保存。"
    )


def claim_submit(*, claim_id, actor, declared, explanation="", token=None, at=None, source_ip=None):
    """Submits a draft for the first time, or a returned claim again.

    What a return has not opened stays as it was, whatever is declared; what was changed, and the enterprise's
    `explanation` of it, stand in the record. Checks once more what the form has checked, for callers without one. Raises
    Refused with the field where a fact is wrong; then nothing is submitted and nothing that was typed is lost.
    """
    at = at or timezone.now()
    with transaction.atomic():
        claim, year = claim_lock(claim_id)
        if not acts_for(actor, claim.enterprise_id):
            raise NotAllowed("只有本企业的经办人可以提交。")
        if not claim.enterprise.is_verified:
            raise Refused("企业还没有通过核验，暂时不能提交。草稿已经保存，核验通过后再提交。")
        declared = declared_kept(claim, declared)
        _check_facts(claim.rule, declared)
        _check_evidence(claim, declared)
        first = claim.state == State.DRAFT
        data = {}
        if first:
            claim.late = _is_late(claim, timezone.localtime(at).date())
        else:
            changes = changes_of(claim, declared)
            data["corrections"] = [change.stored for change in changes]
            data["untouched"] = [label for label, _ in untouched(claim, changes)]
            _lapse_verified(claim, declared, at)
        claim.facts, claim.particulars = declared.facts, declared.particulars
        claim.other_support_cny = declared.other_support_cny
        claim.subject = claim.rule.subject(declared.facts, declared.particulars)[:200]
        claim.draft = {key: value for key, value in claim.draft.items() if key != "explanation"}
        action = "submit" if first else "resubmit"
        return perform(
            claim,
            year,
            action,
            actor=actor,
            token=token,
            reason=explanation,
            data=data,
            at=at,
            source_ip=source_ip,
        )


def declared_kept(claim, declared):
    """What is declared, with everything that a return has not opened as it was last submitted."""
    opened = opened_of(claim)
    if opened.is_whole:
        return declared
    facts, particulars = closed_kept(claim, opened, declared.facts, declared.particulars)
    return replace(
        declared,
        facts=facts,
        particulars=particulars,
        other_support_cny=support_kept(claim, opened, declared.other_support_cny),
    )


def _check_facts(rule, declared):
    try:
        parse_facts(rule, declared.facts)
    except ContractError as error:
        raise Refused(error.message, field=error.path.removeprefix("facts.")) from error
    if declared.other_support_cny is None:
        raise Refused("请回答同一事项是否已获其他省级政策支持。", field=OTHER_SUPPORT)


def _check_evidence(claim, declared):
    """Every required document must have its number of files; support from another policy must be proved."""
    supported = declared.other_support_cny > 0
    for document, missing in evidence_missing(
        claim, facts=declared.facts, particulars=declared.particulars, supported=supported
    ):
        raise Refused(f"“{document.label}”还缺 {missing} 个文件，上传后再提交。", field=f"ev-{document.code}")


def _is_late(claim, today):
    """Whether a first submission comes after the deadline; refused without a recorded extension."""
    period = claim.period
    if today < period.opens_on:
        raise Refused(f"{period.title}从 {period.opens_on:%Y-%m-%d} 开始受理，到时再提交。")
    if today <= period.deadline:
        return False
    if period.extensions.filter(enterprise=claim.enterprise, until__gte=today).exists():
        return True
    raise Refused(
        f"{period.title}已于 {period.deadline:%Y-%m-%d} 截止，不能再提交。确有原因的，请联系所在市商务局。"
    )


def _lapse_verified(claim, declared, at):
    """A verified value lapses, and stays in the history, when the declared one changes."""
    lines = {line.path: line.field for line in fact_lines(claim.rule, declared.facts)}
    for row in claim.verified_values.filter(lapsed_at=None):
        if row.path == OTHER_SUPPORT:
            changed = claim.other_support_cny != declared.other_support_cny
        else:
            changed = row.path not in lines or not same(
                lines[row.path], value_at(claim.facts, row.path), value_at(declared.facts, row.path)
            )
        if changed:
            row.lapsed_at = at
            row.save(update_fields=["lapsed_at"])


def due_dates_recompute():
    """Computes again the dates of returns that were 预计, after the holidays of a year have been loaded. Returns how many.

    A date that was extended by hand is certain and stays as it is.
    """
    changed = 0
    for pk in Claim.objects.filter(state=State.RETURNED, return_due_certain=False).values_list(
        "pk", flat=True
    ):
        with transaction.atomic():
            claim, _ = claim_lock(pk)
            if claim.state == State.RETURNED and not claim.return_due_certain:
                changed += _due_date_recompute(claim)
    return changed


def _due_date_recompute(claim):
    returned = Event.objects.filter(claim=claim, kind=TRANSITIONS["return"].event).order_by("pk").last()
    due, certain = due_date(start=returned.at, days=returned.data["days"])
    if (due, certain) == (claim.return_due_on, claim.return_due_certain):
        return 0
    claim.return_due_on, claim.return_due_certain = due, certain
    claim.save(update_fields=["return_due_on", "return_due_certain"])
    return 1


def claim_withdraw(*, claim_id, actor, token=None, at=None, source_ip=None):
    """Takes a claim back; possible until finance review. The subject is free again."""
    return transition(
        claim_id=claim_id, action="withdraw", actor=actor, token=token, at=at, source_ip=source_ip
    )
