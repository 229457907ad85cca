"""Sentences for people, made from the data of steps and reasons: template by template, only when they are read."""

from collections.abc import Iterable
from types import MappingProxyType

from measures.reason_sentences import REASON_SENTENCES
from measures.registry import CLAUSES
from measures.result import Reason, Step
from measures.step_sentences import STEP_SENTENCES

_STEP_TITLES = MappingProxyType(
    {"computed": "按规则计算", "capped": "限额", "after_overlap": "扣除其他省级支持", "payable": "年度总额度"}
)
_CLAUSE_TEXTS = {clause: f"{place}：{sentence}" for clause, (place, sentence) in CLAUSES.items()}
_STATUS_LABELS = MappingProxyType({"awarded": "可予支持", "ineligible": "不符合条件", "support": "服务事项"})


def step_title(step: Step) -> str:
    """Return the heading of a step."""
    return _STEP_TITLES[step.step]


def status_label(status: str) -> str:
    """Return what a claim's status is called."""
    return _STATUS_LABELS[status]


def step_text(step: Step) -> str:
    """Return the line that explains a step, with its numbers put in."""
    return STEP_SENTENCES[step.template](step.params)


def reason_text(reason: Reason) -> str:
    """Return the sentence that gives a reason, with the figures, their values and the limit."""
    return REASON_SENTENCES[reason.code](reason.params)


def steps_json(steps: Iterable[Step]) -> list[dict[str, str]]:
    """Return steps as the contract writes them: the step, its line, and the clause with its place."""
    return [
        {
            "step": step.step,
            "text": STEP_SENTENCES[step.template](step.params),
            "clause": _CLAUSE_TEXTS[step.clause],
        }
        for step in steps
    ]


def reasons_json(reasons: Iterable[Reason]) -> list[dict[str, str]]:
    """Return reasons as the contract writes them: the code and its sentence."""
    return [{"code": reason.code, "text": REASON_SENTENCES[reason.code](reason.params)} for reason in reasons]


def clause_text(clause: str) -> str:
    """Return where a clause stands and what it says."""
    return _CLAUSE_TEXTS[clause]
