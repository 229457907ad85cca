"""The four steps of an amount as pages show them: title, amount after the step, what it took away, text, clause."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import models

from applications.models import CityRate, YearSettings
from measures.explanation import reason_text, step_text, step_title
from measures.registry import CLAUSES
from measures.result import Reason, Step


@dataclass(frozen=True)
class SettingUsed:
    """A version of a setting that a claim was computed under: in words, and where it is stored.

    `key` finds the row of `model`; it is empty where the defaults were in force, of which there is no row.
    """

    words: str
    model: type[models.Model]
    key: dict


def settings_used(claim, under=None):
    """The versions of settings that a claim's amounts rest on, as SettingUsed; none before it has been computed.

    `under` are others than those that are kept with it: a locked claim keeps what it was locked under.
    """
    under, year = under or claim.computed_under, claim.year
    if not under:
        return []
    version = under["settings"]
    words = f"{year} 年度设置第 {version} 版" if version else f"{year} 年度的默认设置"
    used = [SettingUsed(words, YearSettings, {"year": year, "version": version} if version else {})]
    if "city_rate" in under:
        key = {"city": claim.city, "year": year, "item": claim.item, "version": under["city_rate"]}
        words = f"{claim.get_city_display()} {year} 年度 {claim.item} 比例第 {key['version']} 版"
        used.append(SettingUsed(words, CityRate, key))
    return used


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
                "before": before,
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
