"""The kinds of message that come of a date and not of an event."""

from .topics import Topic

RETURN_DUE = "reminder.return_due"
QUESTION_DUE = "reminder.question_due"
REPAY_DUE = "reminder.repay_due"
REPAY_LATE = "reminder.repay_late"
PERIOD_CLOSES = "reminder.period_closes"
PERIOD_OPENS = "reminder.period_opens"

#: Kind: topic.
REMINDERS = {
    RETURN_DUE: Topic.TODO,
    QUESTION_DUE: Topic.TODO,
    REPAY_DUE: Topic.TODO,
    REPAY_LATE: Topic.TODO,
    PERIOD_CLOSES: Topic.TODO,
    PERIOD_OPENS: Topic.PERIOD,
}
