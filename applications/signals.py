"""What the enterprise's side tells whoever listens, so that imports point one way."""

from django.dispatch import Signal

#: Sent inside the transaction of a transition, after the claim is saved: claim, source, actor, at.
claim_moved = Signal()

#: Sent before a step that passes a claim to its next stage, and where a page asks whether it could be taken: step, claim.
#: A receiver raises `applications.errors.Refused` where something of its own stands in the way.
claim_passing = Signal()

#: Sent inside the transaction by which an event was written (`applications.record.event_add`): event, claim (the Claim in
#: memory as it will be saved, or None).
event_added = Signal()

#: The same for the many events that a settlement writes at once: events, each with its claim.
events_added = Signal()
