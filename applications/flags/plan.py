"""What a settlement changes among the flags of a year: only differences are written, each with an event."""

from dataclasses import dataclass, field

from applications.models import Event, Flag

from .find import flags_found
from .kinds import KINDS, LIFTED, RAISED, REFRESHED


@dataclass
class FlagChanges:
    """Flags to write: stored ones whose data or end has changed in memory, and new ones, in this order."""

    changed: list = field(default_factory=list)
    raised: list = field(default_factory=list)
    events: list = field(default_factory=list)


def flags_plan(source, case, *, at):
    """The FlagChanges of one enterprise-year. A dismissed flag stays dismissed until its data change."""
    changes, found = FlagChanges(), flags_found(source, case)
    for claim in source.claims:
        for flag in source.noticed.flags.get(claim.pk, ()):
            data = found.pop((claim.pk, flag.kind, flag.key), None)
            if data == flag.data:
                continue
            if data is not None and flag.dismissed_at is None:
                _refresh(changes, claim, flag, data, at)
                continue
            flag.lifted_at = at
            changes.changed.append(flag)
            if data is None:
                _tell(changes, LIFTED, claim, flag, at)
            else:
                _raise(changes, claim, flag.kind, flag.key, data, at)
    claims = {claim.pk: claim for claim in source.claims}
    for (pk, kind, key), data in found.items():
        _raise(changes, claims[pk], kind, key, data, at)
    return changes


def _refresh(changes, claim, flag, data, at):
    flag.data = data
    changes.changed.append(flag)
    _tell(changes, REFRESHED, claim, flag, at)


def _raise(changes, claim, kind, key, data, at):
    flag = Flag(claim=claim, kind=kind, key=key, hard=KINDS[kind].hard, data=data, raised_at=at)
    changes.raised.append(flag)
    _tell(changes, RAISED, claim, flag, at)


def _tell(changes, kind, claim, flag, at):
    changes.events.append(
        Event(
            kind=kind,
            at=at,
            enterprise_id=claim.enterprise_id,
            claim=claim,
            data={"flag": flag.kind, "basis": flag.data},
        )
    )
