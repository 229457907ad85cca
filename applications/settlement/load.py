"""Loading all that settlements of many enterprise-years need, in a number of queries that does not grow with them."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Q

from applications.models import (
    AgriculturalExporter,
    Claim,
    DualCirculationEntry,
    EnterpriseYear,
    OverseasWarehouse,
    PastAward,
    Platform,
    PlatformMember,
    RegisteredEnterprise,
    VerifiedValue,
)
from applications.models.states import COUNTED_STATES
from applications.official import city_rates, current_reference, years_settings
from applications.trade_figures import figures_of
from measures import registry
from measures.reference import ReferenceData

#: Items whose award is paid once for ever, and so looks at other years.
LIFETIME_ITEMS = tuple(code for code, item in registry.ITEMS.items() if item.once_for_ever)


@dataclass
class YearInput:
    """Everything about one enterprise-year, as read; `claims` count and stand in the order of filing."""

    row: EnterpriseYear
    #: `requested` when the settlement started: what `settled` becomes.
    started: int = 0
    claims: list = field(default_factory=list)
    #: Figures by year: what counts for awards, with the rows behind it.
    trade: dict = field(default_factory=dict)
    registered: RegisteredEnterprise | None = None
    platforms: list = field(default_factory=list)
    warehouses: list = field(default_factory=list)
    platform_member: bool = False
    agricultural: bool = False
    dual_circulation: bool = False
    past_awards: list = field(default_factory=list)
    settings: object = None
    city_rates: dict = field(default_factory=dict)
    reference: ReferenceData | None = None
    #: What flags rest on besides (`applications.flags.load.Noticed`); only settlements load it.
    noticed: object = None


def years_load(rows):
    """YearInput for each EnterpriseYear row (its enterprise already joined)."""
    inputs = {(row.enterprise_id, row.year): YearInput(row, started=row.requested) for row in rows}
    if not inputs:
        return []
    claims_load(inputs)
    years_load_official(list(inputs.values()))
    past_awards_load(inputs)
    return list(inputs.values())


def claims_load(inputs):
    """Fills in the claims that count, with their verified values, in the order of filing."""
    claims = (
        Claim.objects.filter(
            enterprise_id__in={key[0] for key in inputs},
            year__in={key[1] for key in inputs},
            state__in=COUNTED_STATES,
        )
        .defer("draft", "return_note")
        .order_by("first_submitted_at", "pk")
    )
    found = [claim for claim in claims if (claim.enterprise_id, claim.year) in inputs]
    verified = defaultdict(dict)
    rows = VerifiedValue.objects.filter(claim__in=[claim.pk for claim in found], lapsed_at=None)
    for claim_id, path, value in rows.values_list("claim_id", "path", "value"):
        verified[claim_id][path] = value
    for claim in found:
        claim.verified = verified[claim.pk]
        inputs[claim.enterprise_id, claim.year].claims.append(claim)


def years_load_official(inputs, *, computing=True):
    """Fills in what registers, figures and settings say; also used for what-ifs that store nothing.

    What only rules compute with, the reference data, is left out unless something is to be computed.
    """
    codes = {each.row.enterprise.credit_code for each in inputs}
    years = {each.row.year for each in inputs}
    trade = figures_of(codes, years | {year - 1 for year in years})
    registered = {
        row.credit_code: row
        for row in RegisteredEnterprise.objects.filter(credit_code__in=codes, struck_reason="")
    }
    platforms = _grouped(Platform.objects.filter(operator_code__in=codes, struck_reason=""), "operator_code")
    members = _grouped(PlatformMember.objects.filter(credit_code__in=codes, struck_reason=""))
    warehouses = _grouped(
        OverseasWarehouse.objects.filter(operator_code__in=codes, struck_reason=""), "operator_code"
    )
    farmers = _grouped(AgriculturalExporter.objects.filter(credit_code__in=codes, struck_reason=""))
    dual = set(
        DualCirculationEntry.objects.filter(credit_code__in=codes, struck_reason="").values_list(
            "credit_code", flat=True
        )
    )
    settings, rates = years_settings(years), city_rates(years)
    reference = current_reference() if computing else None
    for each in inputs:
        code, year = each.row.enterprise.credit_code, each.row.year
        each.trade = {one: trade[code, one] for one in (year, year - 1) if (code, one) in trade}
        each.registered = registered.get(code)
        each.platforms = [row for row in platforms[code] if row.designated_on.year <= year]
        each.warehouses = [row for row in warehouses[code] if row.designated_on.year <= year]
        each.platform_member = any(row.counts_in(year) for row in members[code])
        each.agricultural = any(row.counts_in(year) for row in farmers[code])
        each.dual_circulation = code in dual
        each.settings, each.city_rates, each.reference = settings[year], rates, reference


def _grouped(queryset, key="credit_code"):
    groups = defaultdict(list)
    for row in queryset:
        groups[getattr(row, key)].append(row)
    return groups


def lifetime_key(item, subject, level, credit_code):
    """The key of something that is paid once for ever: 2.1 platform and level, 3.4 warehouse, 6.1 the firm."""
    return f"{item}|{level}|{subject or credit_code}"


def past_awards_load(inputs):
    """Locks of other years and enterprises for the same subjects, and awards paid outside the system."""
    claims = [claim for each in inputs.values() for claim in each.claims if claim.item in LIFETIME_ITEMS]
    if not claims:
        return
    codes = {each.row.enterprise.credit_code for each in inputs.values()}
    subjects = {claim.subject for claim in claims if claim.subject}
    locks = list(
        Claim.objects.filter(item__in=LIFETIME_ITEMS, locked_cny__gt=0)
        .filter(Q(subject__in=subjects) | Q(subject="", enterprise__credit_code__in=codes))
        .values_list("enterprise_id", "year", "lifetime_key")
    )
    outside = [
        (None, None, lifetime_key(row.item, row.subject, row.level, row.credit_code))
        for row in PastAward.objects.filter(item__in=LIFETIME_ITEMS, struck_reason="").filter(
            Q(subject__in=subjects) | Q(subject="", credit_code__in=codes)
        )
    ]
    by_subject = defaultdict(list)
    for enterprise_id, year, key in locks + outside:
        item, level, subject = key.split("|", 2)
        by_subject[item, subject].append((enterprise_id, year, level))
    for (enterprise_id, year), each in inputs.items():
        code = each.row.enterprise.credit_code
        for claim in each.claims:
            subject = claim.subject or code
            for owner, owner_year, level in by_subject.get((claim.item, subject), ()):
                if (owner, owner_year) != (enterprise_id, year):
                    each.past_awards.append((claim.item, claim.subject, level))
