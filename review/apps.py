from importlib import import_module

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """The administration's side: console, decisions, notices, payouts, exports."""

    name = "review"
    verbose_name = "审核与拨付"

    def ready(self):
        """Listens to what claims and people do, so that imports point one way; puts the data office's pages on its site.

        And adds the work of replays and long lists to those that a worker knows.
        """
        from accounts.signals import account_changed
        from applications.notice_files import sheet_made_by
        from applications.signals import claim_moved, claim_passing
        from review.document_checks import problems_forbid
        from review.payouts import claim_left_payable
        from review.people import account_change_recorded
        from review.sheets.notice import notice_xlsx

        claim_moved.connect(claim_left_payable, dispatch_uid="drop_from_draft_batch")
        claim_passing.connect(problems_forbid, dispatch_uid="problems_of_documents")
        account_changed.connect(account_change_recorded, dispatch_uid="record_account_change")
        sheet_made_by(notice_xlsx)
        for pages in ("official", "settings", "people"):
            import_module(f"review.console.{pages}")
        for work in (
            "replay_work",
            "eligible",
            "audit.export",
            "audit.bundle",
            "ledger.check",
            "ledger.exports",
        ):
            import_module(f"review.{work}")
