"""Celery tasks about people: each calls a service and can be repeated without harm."""

from celery import shared_task

from accounts import mail


@shared_task
def mail_send(pk):
    """Sends one mail, if it is still waiting."""
    mail.mail_send(pk)


@shared_task
def mails_sweep():
    """Sends mails that were put off, or whose task was lost."""
    mail.mails_sweep()
