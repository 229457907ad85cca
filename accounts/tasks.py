"""Celery tasks about people: each calls a service and can be repeated without harm."""

from celery import shared_task

from accounts import mail, passwords, sign_ins


@shared_task
def mail_send(pk):
    """Sends one mail, if it is still waiting."""
    mail.mail_send(pk)


@shared_task
def mails_sweep():
    """Sends mails that were put off, or whose task was lost."""
    mail.mails_sweep()


@shared_task
def password_reset_mail(typed):
    """Mails links to a new password to whoever has this user name or mail address."""
    passwords.reset_mail(typed)


@shared_task
def sign_ins_sweep():
    """Notes sessions that have run out."""
    sign_ins.sign_ins_sweep()
