from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who somebody is: users, posts, sign-in; and the frame that every page shares."""

    name = "accounts"
    verbose_name = "用户与岗位"
