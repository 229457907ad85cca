"""Questions and answers, and words of the policy in plain language; searched without scripts by a question in the address."""

from dataclasses import dataclass

from django.conf import settings
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from applications.account_waits import WAITING_DAYS
from applications.credit_code import LENGTH
from applications.filing_calendar import filing_calendar
from applications.forms.rows import MAX_ROWS
from applications.invitations import VALID
from applications.official import year_settings
from applications.portal.faq import GROUPS, OF_FIRMS, Question
from applications.portal.glossary import GLOSSARY
from applications.portal.usual_year import usual_year
from applications.portal.words import rule_words
from applications.portal.worked import Workshop
from applications.sniff import ACCEPTED
from applications.visibility import firm_of
from measures import registry
from measures.examples import LIMIT_EXCEEDED, LIMIT_RAISED
from measures.item import CITY
from measures.money import in_wan

#: Questions that people have before all others; the front page shows them.
FIRST = ("who", "documents", "verify", "differs", "returned")
_MOST_NEAR = 5
_QUERY_LENGTH = 60


@dataclass(frozen=True)
class Answered:
    """A question with its answer's paragraphs, links [(words, address)] and the clause (place, words) or nothing."""

    question: Question
    paragraphs: list[str]
    links: list[tuple[str, str]]
    clause: tuple[str, str] | None

    @property
    def text(self):
        """All that is searched."""
        return "".join([self.question.title, *self.paragraphs]).casefold()


def help_page(request):
    """All questions by group, or those that a search finds; the glossary below."""
    query = " ".join(request.GET.get("q", "").split())[:_QUERY_LENGTH]
    calendar = filing_calendar(timezone.localdate())
    values = help_values() | _limit_values(usual_year(calendar))
    officer = for_officer(request.user)
    groups = [
        (group, [answered(each, values, officer=officer) for each in group.questions]) for group in GROUPS
    ]
    every = [each for _, found in groups for each in found]
    found, near = search(every, query) if query else ([], False)
    context = {
        "query": query,
        "groups": groups,
        "found": found,
        "near": near,
        "glossary": [entry for entry in GLOSSARY if _has(" ".join(entry), query)] if query else GLOSSARY,
    }
    return render(request, "portal/help.html", context)


def for_officer(user):
    """Whether the reader is an officer, who finds nothing on the pages of a firm."""
    return user.is_authenticated and user.is_officer and firm_of(user) is None


def first_questions(values, *, officer):
    """The questions of the front page, answered with `help_values`."""
    by_key = {each.key: each for group in GROUPS for each in group.questions}
    return [answered(by_key[key], values, officer=officer) for key in FIRST]


def answered(question, values, *, officer):
    """A question with everything put into its answer; officers are led to public pages alone."""
    return Answered(
        question,
        [rule_words(paragraph, **values) for paragraph in question.answer],
        [(words, reverse(name)) for words, name in question.links if not (officer and name in OF_FIRMS)],
        registry.CLAUSES[question.clause] if question.clause else None,
    )


def search(every, query):
    """(what has all words of the query, False); where nothing has, (what comes nearest to it, True)."""
    exact = [each for each in every if _has(each.text, query)]
    if exact:
        return exact, False
    asked = _pairs(query.casefold())
    scored = [(len(asked & _pairs(each.text)), each) for each in every]
    near = sorted((one for one in scored if one[0]), key=lambda one: -one[0])
    return [each for _, each in near[:_MOST_NEAR]], True


def _has(text, query):
    return all(word in text.casefold() for word in query.casefold().split())


def _pairs(text):
    """Neighbouring characters: people write the same question in other words."""
    return {text[place : place + 2] for place in range(len(text) - 1) if text[place : place + 2].isalnum()}


def help_values():
    """What answers put in: limits of the system, and the settings of this year in working days."""
    given = year_settings(timezone.localdate().year)
    items = registry.ITEMS.values()
    return {
        "code_length": LENGTH,
        "accepted": ACCEPTED,
        "evidence_size": f"{settings.EVIDENCE_MAX_BYTES // 1024**2} MB",
        "evidence_files": settings.EVIDENCE_MAX_FILES,
        "rows": MAX_ROWS,
        "tries": settings.AXES_FAILURE_LIMIT,
        "lock_minutes": int(settings.AXES_COOLOFF_TIME.total_seconds()) // 60,
        "session_hours": settings.SESSION_COOKIE_AGE // 3600,
        "invitation_days": VALID.days,
        "account_days": WAITING_DAYS,
        "return_days": given.return_days,
        "notice_days": given.notice_days,
        "support_days": given.support_days,
        "prepared": _named(item for item in items if item.prepared),
        "once": _named(item for item in items if item.once_for_ever),
        "city_items": _named(item for item in items if item.payer == CITY),
    }


def _named(items):
    return "、".join(f"{item.code} {item.title}" for item in items)


def _limit_values(year):
    """The example of the combined limit, worked out by the rules."""
    workshop = Workshop(year)
    exceeded, raised = workshop.work(LIMIT_EXCEEDED), workshop.work(LIMIT_RAISED)
    first, second = exceeded.year["claims"]
    return {
        "limit_story": exceeded.story,
        "limit_first": first["item"].short_title,
        "limit_first_amount": in_wan(first["after_overlap"]),
        "limit_second": second["item"].short_title,
        "limit_second_amount": in_wan(second["after_overlap"]),
        "limit_second_left": in_wan(second["payable"]),
        "limit": in_wan(exceeded.year["limit"]),
        "raised_story": raised.story,
        "raised": in_wan(raised.year["limit"]),
        "raised_total": in_wan(raised.year["total"]),
    }
