"""The four steps of an amount as pages show them: title, amount after the step, what it took away, text, clause."""

from decimal import Decimal

from measures.explanation import reason_text, step_text, step_title
from measures.registry import CLAUSES
from measures.result import Reason, Step


def stored_steps(claim):
    """The steps of a settled claim, as `ui/steps.html` takes them."""
    return _rows([(Step.from_data(data), Decimal(data["amount"])) for data in claim.steps])


def result_steps(result):
    """The steps of a ClaimResult that nobody has stored."""
    amounts = {
        "computed": result.computed,
        "capped": result.capped,
        "after_overlap": result.after_overlap,
        "payable": result.payable,
    }
    return _rows([(step, amounts[step.step]) for step in result.steps])


def _rows(steps):
    rows, before = [], None
    for step, amount in steps:
        place, sentence = CLAUSES[step.clause]
        rows.append(
            {
                "title": step_title(step),
                "amount": amount,
                "cut": max(before - amount, Decimal(0)) if before is not None else Decimal(0),
                "text": step_text(step),
                "clause_label": place,
                "clause_text": sentence,
                "clause_mark": "",
            }
        )
        before = amount
    return rows


def stored_reasons(claim):
    """Why a settled claim is not payable, one sentence each."""
    return [reason_text(Reason.from_data(data)) for data in claim.reasons]
