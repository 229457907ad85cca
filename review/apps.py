from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """The administration's side: console, decisions, notices, payouts, exports."""

    name = "review"
    verbose_name = "审核与拨付"

    def ready(self):
        """The review side listens to what claims do, so that imports point one way."""
        from applications.signals import claim_moved
        from review.payouts import claim_left_payable

        claim_moved.connect(claim_left_payable, dispatch_uid="drop_from_draft_batch")
