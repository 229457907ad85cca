"""The entries of the console's dark bar, by post, and the names of the offices that stand beside a person's own.

The bar is one line: for whoever has more entries than fit, those that are not needed every day stand under 更多.
"""

from dataclasses import dataclass

from django.urls import reverse

from accounts.roles import Role

_CITY = frozenset({Role.CITY_COMMERCE, Role.CITY_FINANCE})
_MONEY = frozenset({Role.FINANCE, Role.CITY_FINANCE})
_REVIEWERS = _CITY | {Role.COMMERCE, Role.FINANCE}


@dataclass(frozen=True)
class Entry:
    """One entry: its address by name, the word in the bar, and the posts that see it."""

    name: str
    label: str
    roles: frozenset
    #: Not needed every day.
    rare: bool = False


#: In the order of the bar; the first that somebody sees is where that person starts.
ENTRIES = (
    Entry("review:queue", "审核队列", _REVIEWERS),
    Entry("review:search", "申报查询", _REVIEWERS | {Role.AUDITOR}),
    Entry("review:enterprises", "企业核验", frozenset({Role.CITY_COMMERCE, Role.COMMERCE, Role.AUDITOR})),
    Entry(
        "review:eligible",
        "应享未享",
        frozenset({Role.COMMERCE, Role.CITY_COMMERCE, Role.DATA, Role.AUDITOR}),
    ),
    Entry("review:notices", "公示", _MONEY | {Role.COMMERCE, Role.CITY_COMMERCE, Role.AUDITOR}),
    Entry(
        "review:objections", "异议", frozenset({Role.COMMERCE, Role.CITY_COMMERCE, Role.AUDITOR}), rare=True
    ),
    Entry("review:budget", "预算", _MONEY | {Role.COMMERCE, Role.AUDITOR}),
    Entry("review:batches", "拨付批次", _MONEY | {Role.AUDITOR}),
    Entry("review:support", "服务事项", _REVIEWERS | {Role.DEPARTMENT, Role.AUDITOR}),
    Entry(
        "review:matters",
        "联席会议",
        frozenset({Role.COMMERCE, Role.CITY_COMMERCE, Role.FINANCE, Role.DEPARTMENT, Role.AUDITOR}),
        rare=True,
    ),
    Entry("review:report", "工作周报", _REVIEWERS | {Role.AUDITOR}, rare=True),
    Entry("review:statistics", "年度统计", _MONEY | {Role.COMMERCE, Role.AUDITOR}, rare=True),
    Entry("review:ledger", "总额账", _MONEY | {Role.COMMERCE, Role.AUDITOR}, rare=True),
    Entry("review:recovery", "追回和补发", _MONEY | {Role.COMMERCE, Role.AUDITOR}, rare=True),
    Entry("review:supplements", "补发", frozenset({Role.CITY_COMMERCE}), rare=True),
    Entry("review:imports", "数据导入", frozenset({Role.DATA, Role.AUDITOR}), rare=True),
    Entry("console:data", "数据与名单", frozenset(Role) - {Role.DEPARTMENT}, rare=True),
    Entry("review:audit", "操作记录", frozenset({Role.AUDITOR, Role.ADMINISTRATOR})),
    Entry("review:firms", "企业人员", frozenset({Role.ADMINISTRATOR})),
    Entry("review:rules", "规则", frozenset(Role), rare=True),
)
#: So many entries fit beside the person's name on an ordinary screen.
FITS = 8


def entries_for(user):
    """The entries that a person sees."""
    return [entry for entry in ENTRIES if user.has_post(*entry.roles)]


def first_page(user):
    """The address that an officer starts at."""
    return reverse(entries_for(user)[0].name)


def bar(request):
    """The entries that stand in the bar; see `_drawn`."""
    tucked = _tucked(request.user)
    return [link for entry, link in _drawn(request) if entry not in tucked]


def more(request):
    """The entries that stand under 更多; see `_drawn`."""
    tucked = _tucked(request.user)
    return [link for entry, link in _drawn(request) if entry in tucked]


def _tucked(user):
    entries = entries_for(user) if user.is_authenticated else []
    return [entry for entry in entries if entry.rare] if len(entries) > FITS else []


def _drawn(request):
    """[(Entry, (address, label, whether one is there, count))] as the frame draws them.

    An entry is current on its own page and on all below it; where two are, the longer address wins. For whoever has a
    queue, the desk of a claim belongs to it, wherever it was opened from.
    """
    if not request.user.is_authenticated:
        return []
    links = [(entry, reverse(entry.name)) for entry in entries_for(request.user)]
    here = max((url for _, url in links if request.path.startswith(url)), key=len, default="")
    queue, search = reverse("review:queue"), reverse("review:search")
    if here == search != request.path and any(url == queue for _, url in links):
        here = queue
    return [(entry, (url, entry.label, url == here, None)) for entry, url in links]


def offices(user):
    """The posts a person holds today, as words: 哈尔滨市 市级商务."""
    posts = user.posts_in_force() if user.is_authenticated else []
    return "、".join(dict.fromkeys(str(post) for post in posts))
