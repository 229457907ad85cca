"""Addresses of this app."""

from django.urls import path

from .views import code, me, password, second_factor, sessions, sign_in

app_name = "accounts"

urlpatterns = [
    path("sign-in/", sign_in.SignInView.as_view(), name="sign_in"),
    path("sign-in/code/", code.code, name="code"),
    path("sign-out/", sign_in.SignOutView.as_view(), name="sign_out"),
    path("password/", password.OwnPasswordView.as_view(), name="password"),
    path("password/reset/", password.password_reset, name="password_reset"),
    path("password/reset/sent/", password.password_reset_sent, name="password_reset_sent"),
    path("password/new/<uidb64>/<token>/", password.NewPasswordView.as_view(), name="password_new"),
    path("me/", me.me, name="me"),
    path("me/mail/", me.address, name="address"),
    path("me/mail/confirm/", me.address_confirm, name="address_confirm"),
    path("me/mail/confirm/<token>/", me.address_link, name="address_link"),
    path("second-factor/", second_factor.second_factor, name="second_factor"),
    path("second-factor/set/", second_factor.second_factor_set, name="second_factor_set"),
    path("second-factor/remove/", second_factor.second_factor_remove, name="second_factor_remove"),
    path("second-factor/codes/", second_factor.recovery_codes, name="recovery_codes"),
    path("second-factor/codes/file/", second_factor.recovery_codes_file, name="recovery_codes_file"),
    path("sessions/", sessions.sessions, name="sessions"),
    path("sessions/end/", sessions.sessions_end_others, name="sessions_end_others"),
    path("sessions/not-me/", sessions.sessions_not_me, name="sessions_not_me"),
    path("sessions/<int:pk>/end/", sessions.session_end, name="session_end"),
]
