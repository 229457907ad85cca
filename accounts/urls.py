"""Addresses of this app."""

from django.urls import path

from .views import me, password, sessions, sign_in

app_name = "accounts"

urlpatterns = [
    path("sign-in/", sign_in.SignInView.as_view(), name="sign_in"),
    path("sign-out/", sign_in.SignOutView.as_view(), name="sign_out"),
    path("password/", password.OwnPasswordView.as_view(), name="password"),
    path("password/reset/", password.password_reset, name="password_reset"),
    path("password/reset/sent/", password.password_reset_sent, name="password_reset_sent"),
    path("password/new/<uidb64>/<token>/", password.NewPasswordView.as_view(), name="password_new"),
    path("me/", me.me, name="me"),
    path("me/mail/", me.address, name="address"),
    path("me/mail/confirm/", me.address_confirm, name="address_confirm"),
    path("me/mail/confirm/<token>/", me.address_link, name="address_link"),
    path("sessions/", sessions.sessions, name="sessions"),
    path("sessions/end/", sessions.sessions_end_others, name="sessions_end_others"),
    path("sessions/<int:pk>/end/", sessions.session_end, name="session_end"),
]
