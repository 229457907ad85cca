"""A question that is open when its claim moves on: whoever takes the step does without the answer."""

from applications.errors import Refused
from applications.models import Question

#: Why a claim is not passed together with others.
ASKED_IN_BULK = "有一个询问在等企业答复，请打开这件申报单独办理。"


def question_drop(claim, at):
    """Withdraws the open question of a claim that takes a step. Returns what the event of the step keeps of it.

    A clock that stands still is the sign of an open question, so that most steps cost no query.
    """
    if claim.clock_stopped_on is None:
        return {}
    question = Question.objects.filter(claim=claim, answered_at=None, withdrawn_at=None).first()
    if question is None:
        return {}
    question.withdrawn_at = at
    question.save(update_fields=["withdrawn_at"])
    return {"question_dropped": question.pk}


def check_not_asked(claim):
    """Raises Refused where a question is open: doing without the answer is decided claim by claim."""
    if claim.clock_stopped_on is not None:
        raise Refused(ASKED_IN_BULK)
