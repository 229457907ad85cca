"""Results of an evaluation as pages show them: the calculator and the quick calculation."""

from applications.explanations import result_steps
from measures import registry
from measures.explanation import reason_text, status_label
from measures.money import ZERO
from measures.result import AWARDED


def claim_view(result):
    """One ClaimResult for a page: item, status in words, reasons, and steps as `ui/steps.html` takes them, in yuan."""
    return {
        "id": result.id,
        "item": registry.item(result.item),
        "awarded": result.status == AWARDED,
        "status": status_label(result.status),
        "reasons": [reason_text(reason) for reason in result.reasons],
        "payable": result.payable,
        "after_overlap": result.after_overlap,
        "steps": result_steps(result),
    }


def year_view(result):
    """A CaseResult for a page: its claims, the limit and the item that sets it, and the parts of the limit's bar."""
    claims = [claim_view(claim) for claim in result.claims]
    setter = next((claim["item"] for claim in claims if claim["id"] == result.limit_claim), None)
    awarded = [claim for claim in claims if claim["awarded"]]
    parts = [
        {
            "label": claim["item"].code,
            "payable": claim["payable"],
            "cut": claim["after_overlap"] - claim["payable"],
        }
        for claim in awarded
    ]
    return {
        "claims": claims,
        "limit": result.limit,
        "limit_item": setter,
        "total": result.total,
        "cut": sum((part["cut"] for part in parts), ZERO),
        "parts": parts,
    }
