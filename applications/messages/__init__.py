"""Messages to enterprises, in the portal and by mail."""

from .reminders import reminders_send
from .writing import event_told, events_told, kinds_of, topic_of

__all__ = ["event_told", "events_told", "kinds_of", "reminders_send", "topic_of"]
