"""Closing the customs figures of a year: from then on what was added up from monthly detail serves awards."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.contrib.postgres.aggregates import BitOr
from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils import timezone

from accounts.roles import Role
from applications.errors import NotAllowed, Refused
from applications.models import DerivedFigures, FiguresYear, TradeFigures
from applications.models.trade import months_of
from applications.official_changes import touched_mark
from applications.record import event_add
from applications.trade_figures import derivation_wait, figures_touched
from measures.case import FIRST_YEAR, LAST_YEAR

CLOSED, REOPENED = "figures_year.closed", "figures_year.reopened"
#: What the events of a year's figures are called.
TITLES = {CLOSED: "关闭年度", REOPENED: "重新开放年度"}


def year_topic(year):
    """What the events of a year's figures are filed under."""
    return f"figures-year:{year}"


def may_close(user):
    """Figures are kept by the post "data and rules"; they take effect on confirmation, without a second person."""
    return user.has_post(Role.DATA)


@transaction.atomic
def year_close(*, year, actor, at=None, source_ip=None):
    """Makes the added-up figures of a year count for awards. Returns how many enterprise-years are computed again.

    Raises NotAllowed without the post, Refused before the year has ended, without detail, or where it is closed.
    """
    at = at or timezone.now()
    row = _locked(year, actor)
    if row.closed_at:
        raise Refused(f"{year} 年度已经关闭。")
    refusal = closing_refusal(year, at=at)
    if refusal:
        raise Refused(refusal)
    row.closed_at, row.closed_by = at, actor
    row.save()
    return _moved(CLOSED, row, actor, at, source_ip, {"firms": _firms_moved(year).count()})


@transaction.atomic
def year_reopen(*, year, actor, reason, at=None, source_ip=None):
    """Makes the added-up figures of a year provisional again. Returns how many enterprise-years are computed again."""
    at = at or timezone.now()
    row = _locked(year, actor)
    if not row.closed_at:
        raise Refused(f"{year} 年度没有关闭。")
    if not reason.strip():
        raise Refused("请写明重新开放的原因，会记入变更记录。", field="reason")
    row.closed_at = row.closed_by = None
    row.save()
    data = {"firms": _firms_moved(year).count(), "reason": reason.strip()}
    return _moved(REOPENED, row, actor, at, source_ip, data)


def closing_refusal(year, *, at=None):
    """Why a year cannot be closed now; "" where it can."""
    if timezone.localdate(at).year <= year:
        return f"{year} 年还没有结束，12 月 31 日以后才能关闭。"
    if not DerivedFigures.objects.filter(year=year).exists():
        return f"{year} 年没有月度明细，不需要关闭。"
    return ""


def _locked(year, actor):
    """The year's row, locked; nobody adds up figures until the transaction ends."""
    if not may_close(actor):
        raise NotAllowed("您的岗位不能关闭或重新开放统计年度。")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refused(f"年度在 {FIRST_YEAR} 到 {LAST_YEAR} 之间。")
    derivation_wait()
    FiguresYear.objects.get_or_create(year=year)
    return FiguresYear.objects.select_for_update().get(year=year)


def _moved(kind, row, actor, at, source_ip, data):
    event_add(kind=kind, actor=actor, at=at, source_ip=source_ip, topic=year_topic(row.year), data=data)
    return touched_mark(_touched(row.year))


def _firms_moved(year):
    """Firms with detail of a year for which not every figure was loaded as such: theirs change with closing."""
    whole = Q(**{f"{name}__isnull": False for name in TradeFigures.FIGURES})
    loaded = TradeFigures.objects.filter(whole, year=year).values("credit_code")
    return DerivedFigures.objects.filter(year=year).exclude(credit_code__in=loaded)


def enterprise_years_moved(year):
    """The EnterpriseYear rows whose figures for awards change when a year is closed or reopened: its own and the next."""
    return _touched(year).enterprise_years()


def _touched(year):
    codes = _firms_moved(year).values_list("credit_code", flat=True)
    return figures_touched((code, year) for code in codes)


# --- What the keeper looks at --------------------------------------------------------------------


@dataclass
class YearStanding:
    """What is there of a year's customs figures."""

    year: int
    loaded_firms: int = 0
    detail_firms: int = 0
    months: tuple[int, ...] = ()
    row: FiguresYear | None = None

    @property
    def closed(self):
        """Whether added-up figures count for awards."""
        return bool(self.row and self.row.closed_at)

    @property
    def missing(self):
        """The months without any detail, where there is some."""
        return tuple(month for month in range(1, 13) if month not in self.months) if self.months else ()


def years_standing():
    """A YearStanding for every year with figures, newest first: three queries."""
    found = {}
    loaded = TradeFigures.objects.order_by().values_list("year").annotate(firms=Count("pk"))
    for year, firms in loaded:
        found.setdefault(year, YearStanding(year)).loaded_firms = firms
    detail = DerivedFigures.objects.order_by().values_list("year")
    for year, firms, bits in detail.annotate(firms=Count("pk"), bits=BitOr("month_bits")):
        standing = found.setdefault(year, YearStanding(year))
        standing.detail_firms = firms
        standing.months = tuple(months_of(bits))
    for row in FiguresYear.objects.select_related("closed_by"):
        found.setdefault(row.year, YearStanding(row.year)).row = row
    return sorted(found.values(), key=lambda each: -each.year)


@dataclass(frozen=True)
class Difference:
    """One figure of one firm that was loaded as one sum and adds up to another, yuan or dollars."""

    credit_code: str
    name: str
    figure: str
    loaded: Decimal
    added_up: Decimal

    @property
    def more(self):
        """By how much the detail exceeds what was loaded; negative where it falls short."""
        return self.added_up - self.loaded


class Differences:
    """The Differences of a year, the largest first; a sequence that a paginator reads page by page."""

    def __init__(self, year):
        self.year = year

    def __len__(self):
        return self._count

    @cached_property
    def _count(self):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM ({_DIFFERENCES}) AS differences", {"year": self.year})
            return cursor.fetchone()[0]

    def __getitem__(self, part):
        start, stop, _ = part.indices(len(self))
        order = "ORDER BY abs(pair.added_up - pair.loaded) DESC, credit_code, figure OFFSET %(start)s LIMIT %(count)s"
        params = {"year": self.year, "start": start, "count": max(stop - start, 0)}
        with connection.cursor() as cursor:
            cursor.execute(f"{_DIFFERENCES} {order}", params)
            return [Difference(*row) for row in cursor.fetchall()]


_PAIRS = ", ".join(f"('{name}', given.{name}, detail.{name})" for name in TradeFigures.FIGURES)
_DIFFERENCES = f"""
    SELECT credit_code, coalesce(nullif(given.name, ''), detail.name) AS name,
           pair.figure, pair.loaded, pair.added_up
    FROM {TradeFigures._meta.db_table} AS given
    JOIN {DerivedFigures._meta.db_table} AS detail USING (credit_code, year)
    CROSS JOIN LATERAL (VALUES {_PAIRS}) AS pair (figure, loaded, added_up)
    WHERE year = %(year)s AND pair.loaded <> pair.added_up"""
