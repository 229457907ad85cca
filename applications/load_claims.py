"""What loads of official data did to claims: amounts before, and after the settlement that followed."""

from django.db import connection
from django.db.models import BooleanField, Case, Count, F, Q, Sum, Value, When
from django.db.models.functions import Abs

from applications.models import Claim, EnterpriseYear, LoadClaim
from applications.models.states import COUNTED_STATES

_CLAIMS, _YEARS, _NOTES = (model._meta.db_table for model in (Claim, EnterpriseYear, LoadClaim))
#: What a claim comes to: what is payable, less what of it has been paid and is demanded back.
_AMOUNT = "c.payable_cny - c.demanded_cny"


def load_claims_note(load, year_ids):
    """Notes the claims that count of the years that a load has marked, with their amounts as they are.

    Runs in the transaction that stored the load, with the years locked.
    """
    _execute(
        f"""INSERT INTO {_NOTES}
            (load_id, claim_id, state_before, locked_before_cny, paid_before_cny, before_cny, requested)
        SELECT %s, c.id, c.state, c.locked_cny, c.paid_cny, {_AMOUNT}, y.requested
        FROM {_CLAIMS} c JOIN {_YEARS} y ON y.enterprise_id = c.enterprise_id AND y.year = c.year
        WHERE y.id = ANY(%s) AND c.state = ANY(%s) ORDER BY c.id""",
        [load.pk, list(year_ids), sorted(COUNTED_STATES)],
    )


def load_claims_settle(year_ids, *, at):
    """Fills in the new amounts of what was noted for years, now that they have been settled; one statement.

    Runs in the transaction of the settlement, after claims and years have been written.
    """
    _execute(
        f"""UPDATE {_NOTES} n SET after_cny = {_AMOUNT}, settled_at = %s
        FROM {_CLAIMS} c JOIN {_YEARS} y ON y.enterprise_id = c.enterprise_id AND y.year = c.year
        WHERE n.claim_id = c.id AND n.settled_at IS NULL AND y.settled >= n.requested AND y.id = ANY(%s)""",
        [at, list(year_ids)],
    )


def _execute(statement, params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def load_claims(load):
    """The claims whose amounts moved after a load, as LoadClaim rows with `change` (yuan) and `decided`.

    Those that finance had approved, paid ones among them, come first, and within each group the largest change.
    """
    decided = Case(
        When(locked_before_cny__isnull=False, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    rows = LoadClaim.objects.filter(load=load).annotate(
        change=F("after_cny") - F("before_cny"), decided=decided
    )
    moved = rows.filter(Q(change__gt=0) | Q(change__lt=0))
    return moved.select_related("claim__enterprise").order_by("-decided", Abs("change").desc(), "claim_id")


def load_claims_totals(load):
    """How many claims a load could move and how many it did, and the sums of those: yuan, 0 where there are none.

    {"noted", "waiting", "moved", "decided", "before", "after", "gained", "lost"}; what waits has not been settled yet.
    """
    noted = LoadClaim.objects.filter(load=load).aggregate(
        noted=Count("pk"), waiting=Count("pk", filter=Q(settled_at=None))
    )
    moved = load_claims(load).aggregate(
        moved=Count("pk"),
        decided=Count("pk", filter=Q(locked_before_cny__isnull=False)),
        before=Sum("before_cny", default=0),
        after=Sum("after_cny", default=0),
        gained=Sum("change", filter=Q(change__gt=0), default=0),
        lost=Sum("change", filter=Q(change__lt=0), default=0),
    )
    return {**noted, **moved}
