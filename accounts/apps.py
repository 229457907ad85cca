from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who somebody is: users, posts, sign-in; and the frame that every page shares."""

    name = "accounts"
    verbose_name = "用户与岗位"

    def ready(self):
        """Listens to who signs in and out, registers what is checked before a deployment, and gives forms their words."""
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        from accounts import checks  # noqa: F401
        from accounts.form_words import form_words_set
        from accounts.sign_ins import signed_in, signed_out

        form_words_set()
        user_logged_in.connect(signed_in, dispatch_uid="sign_in_begin")
        user_logged_out.connect(signed_out, dispatch_uid="sign_in_end")
