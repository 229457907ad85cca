from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """The administration's side: console, decisions, notices, payouts, exports."""

    name = "review"
    verbose_name = "审核与拨付"
