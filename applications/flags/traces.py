"""What firms are known again by besides their name: account, telephone, address and mail; and who shares them.

A telephone number is compared by its digits, an address without spaces and punctuation. A contact's name alone is nothing
to go by: thousands of people share one. Only firms that have been verified count, because no other can be paid; of accounts
those in force and those that are about to be.
"""

from collections import defaultdict

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from applications.models import BankAccount, Enterprise
from applications.models.enterprise import ADDRESS_NORMAL, EMAIL_NORMAL, PHONE_NORMAL

ACCOUNT, PHONE, ADDRESS, EMAIL = "account", "phone", "address", "email"
#: Traces that stand in a firm's profile: how they are compared, and the least number of characters that says something.
#: An address without a number is a street or a town, and no address that two firms could share.
PROFILE = {PHONE: (PHONE_NORMAL, 7), ADDRESS: (ADDRESS_NORMAL, 6), EMAIL: (EMAIL_NORMAL, 6)}
_ACCOUNTS = (BankAccount.Standing.IN_FORCE, BankAccount.Standing.PENDING)
_VERIFIED = Enterprise.Verification.VERIFIED


def traces_of(enterprise_ids):
    """{enterprise id: {(kind, value)}} of those firms that are verified; two queries."""
    found = defaultdict(set)
    firms = Enterprise.objects.filter(pk__in=enterprise_ids, verification=_VERIFIED)
    columns = {f"{kind}_normal": normal for kind, (normal, _) in PROFILE.items()}
    for firm in firms.annotate(**columns).values("pk", *columns):
        for kind, (_, least) in PROFILE.items():
            value = firm[f"{kind}_normal"]
            if len(value) >= least and (kind != ADDRESS or any(map(str.isdigit, value))):
                found[firm["pk"]].add((kind, value))
    accounts = BankAccount.objects.filter(
        enterprise__in=enterprise_ids, enterprise__verification=_VERIFIED, standing__in=_ACCOUNTS
    )
    for pk, number in accounts.values_list("enterprise_id", "number"):
        found[pk].add((ACCOUNT, number))
    return found


def sharers(traces, *, most=None):
    """{(kind, value): [(enterprise id, credit code)]} of the verified firms with these traces, the first to sign up first.

    At most `most` firms of each; one query for each kind.
    """
    values_of = defaultdict(set)
    for kind, value in traces:
        values_of[kind].add(value)
    found = defaultdict(list)
    for kind, values in values_of.items():
        holders = holders_of(kind, values)
        if most is not None:
            position = Window(RowNumber(), partition_by=F("trace"), order_by="firm")
            holders = holders.annotate(position=position).filter(position__lte=most)
        for value, firm, code in holders.order_by("trace", "firm").values_list("trace", "firm", "code"):
            found[kind, value].append((firm, code))
    return found


def holders_of(kind, values):
    """The verified firms with these values of a trace: rows with `trace`, `firm` (its id) and `code`."""
    if kind != ACCOUNT:
        firms = Enterprise.objects.filter(verification=_VERIFIED)
        return firms.annotate(trace=PROFILE[kind][0], firm=F("pk"), code=F("credit_code")).filter(
            trace__in=values
        )
    accounts = BankAccount.objects.filter(enterprise__verification=_VERIFIED, standing__in=_ACCOUNTS)
    held = accounts.annotate(trace=F("number"), firm=F("enterprise_id"), code=F("enterprise__credit_code"))
    return held.filter(trace__in=values)
