"""What the enterprise's side tells whoever listens; the review side subscribes, so that imports point one way."""

from django.dispatch import Signal

#: Sent inside the transaction of a transition, after the claim is saved: claim, source, actor, at.
claim_moved = Signal()
