"""Who may open what: one table of people and addresses, written by hand from what each post is for.

A new address without a row fails. `o` opens or does its work, `s` leads to sign-in, `f` is refused with a sentence,
`n` does not exist for this person: whoever has no business with a claim is not even told that it is there.
"""

from copy import deepcopy

import pytest
from django.db import transaction
from django.urls import URLResolver, get_resolver, reverse

from tests.permissions_world import surroundings_make, world_make

pytestmark = pytest.mark.django_db

PEOPLE = (
    "nobody",
    "owner",
    "stranger",
    "city",
    "heihe",
    "commerce",
    "finance",
    "cityfin",
    "data",
    "customs",
    "auditor",
    "admin",
)

#: Registers and lists that the post "data and rules" keeps and the province's reviewers and auditors read.
REGISTERS = (
    "tradefigures", "registeredenterprise", "platform", "platformmember", "agriculturalexporter",
    "discreditedenterprise", "overseaswarehouse", "dualcirculationentry", "pastaward", "lprrate", "holiday",
)  # fmt: skip
#: Versioned settings of the province: drafted and published by holders of the post, read by every reviewer.
SETTINGS = ("yearsettings", "filingperiod")

#: Address (GET, or POST where it says so) and the outcome for each of PEOPLE, in order.
TABLE = """
#                                nobody owner stranger  city heihe commerce  finance cityfin data  customs auditor admin
healthz                                 o o o  o o o  o o o  o o o
api:evaluate POST                       x x x  x x x  x x x  x x x

accounts:sign_in                        o o o  o o o  o o o  o o o
accounts:code                           s o o  o o o  o o o  o o o
accounts:sign_out POST                  o o o  o o o  o o o  o o o
accounts:password                       s o o  o o o  o o o  o o o
accounts:password_reset                 o o o  o o o  o o o  o o o
accounts:password_reset_sent            o o o  o o o  o o o  o o o
accounts:password_new                   o o o  o o o  o o o  o o o
accounts:me                             s o o  o o o  o o o  o o o
accounts:address                        s o o  o o o  o o o  o o o
accounts:address_link                   o o o  o o o  o o o  o o o
accounts:address_confirm                s o o  o o o  o o o  o o o
accounts:second_factor                  s o o  o o o  o o o  o o o
accounts:second_factor_set              s o o  o o o  o o o  o o o
accounts:second_factor_remove           s o o  o o o  o o o  o o o
accounts:recovery_codes                 s o o  o o o  o o o  o o o
accounts:recovery_codes_file POST       s o o  o o o  o o o  o o o
accounts:sessions                       s o o  o o o  o o o  o o o
accounts:session_end POST               s o n  n n n  n n n  n n n
accounts:sessions_end_others POST       s o o  o o o  o o o  o o o
accounts:sessions_not_me POST           s o o  o o o  o o o  o o o

portal:home                             o o o  o o o  o o o  o o o
portal:measures                         o o o  o o o  o o o  o o o
portal:measure                          o o o  o o o  o o o  o o o
portal:calculator                       o o o  o o o  o o o  o o o
portal:calculator_result POST           o o o  o o o  o o o  o o o
portal:help                             o o o  o o o  o o o  o o o
portal:notices                          o o o  o o o  o o o  o o o
portal:notice                           o o o  o o o  o o o  o o o
portal:notice_list                      o o o  o o o  o o o  o o o
portal:objection_new                    o o o  o o o  o o o  o o o
portal:objection_new POST               x x x  x x x  x x x  x x x
portal:objection                        o o o  o o o  o o o  o o o
portal:sign_up                          o o o  o o o  o o o  o o o
portal:sign_up_enterprise               s o o  o o o  o o o  o o o
portal:join POST                        s o o  o o o  o o o  o o o
portal:join_withdraw POST               s o o  o o o  o o o  o o o

portal:invitation                       o o o  o o o  o o o  o o o
portal:invitation_open                  o o o  o o o  o o o  o o o
portal:enterprise                       s o o  n n n  n n n  n n n
portal:enterprise_edit                  s o o  n n n  n n n  n n n
portal:enterprise_history               s o o  n n n  n n n  n n n
portal:account                          s o o  n n n  n n n  n n n
portal:account_change                   s o o  n n n  n n n  n n n
portal:account_confirm POST             s o n  n n n  n n n  n n n
portal:account_decline POST             s o n  n n n  n n n  n n n
portal:account_withdraw POST            s o n  n n n  n n n  n n n
portal:join_accept POST                 s n n  n n n  n n n  n n n
portal:join_decline POST                s n n  n n n  n n n  n n n
portal:invite                           s o o  n n n  n n n  n n n
portal:invitation_again POST            s o n  n n n  n n n  n n n
portal:invitation_withdraw POST         s o n  n n n  n n n  n n n
portal:member_leave POST                s o o  n n n  n n n  n n n
portal:member_remove POST               s o n  n n n  n n n  n n n
portal:member_owner POST                s o n  n n n  n n n  n n n
portal:messages                         s o o  n n n  n n n  n n n
portal:messages_seen POST               s o o  n n n  n n n  n n n
portal:message                          s o n  n n n  n n n  n n n
portal:message_settings                 s o o  n n n  n n n  n n n
portal:message_settings POST            s o o  n n n  n n n  n n n
portal:my_year                          s o o  n n n  n n n  n n n
portal:claim_new                        s o o  n n n  n n n  n n n
portal:claim_confirm                    s o o  n n n  n n n  n n n
portal:claim_confirm POST               s o o  n n n  n n n  n n n
portal:claim                            s o n  n n n  n n n  n n n
portal:claim_edit                       s o n  n n n  n n n  n n n
portal:claim_check                      s o n  n n n  n n n  n n n
portal:claim_refile POST                s x n  n n n  n n n  n n n
portal:claim_autosave POST              s x n  n n n  n n n  n n n
portal:claim_estimate POST              s o n  n n n  n n n  n n n
portal:claim_upload POST                s x n  n n n  n n n  n n n
portal:evidence_choose                  s o n  n n n  n n n  n n n
portal:evidence_remove POST             s x n  n n n  n n n  n n n
portal:claim_withdraw POST              s x n  n n n  n n n  n n n
portal:claim_reconsider POST            s x n  n n n  n n n  n n n
portal:file                             s o n  o n o  o n n  n o n
portal:payee_account                    s n n  n n n  n n n  n n n
portal:question                         s o n  n n n  n n n  n n n
portal:question_file_give POST          s x n  n n n  n n n  n n n
portal:question_choose                  s o n  n n n  n n n  n n n
portal:question_file_remove POST        s x n  n n n  n n n  n n n
portal:form_preview                     s n n  n n n  n n n  n n n
portal:letter                           s o n  o n o  o n n  n o n
portal:verify                           o o o  o o o  o o o  o o o
portal:support                          s o o  n n n  n n n  n n n
portal:support_new                      s o o  n n n  n n n  n n n
portal:support_request                  s o n  n n n  n n n  n n n
portal:support_reply POST               s x n  n n n  n n n  n n n
portal:support_reopen POST              s x n  n n n  n n n  n n n
portal:support_close POST               s o n  n n n  n n n  n n n

review:start                            s f f  o o o  o o o  o o o
review:rules                            s f f  o o o  o o o  o o o
review:queue                            s f f  o o o  o o f  f f f
review:bulk POST                        s f f  o o o  o o f  f f f
review:hands_together POST              s f f  o o o  o o f  f f f
review:filter_keep POST                 s f f  n n n  n n f  f n f
review:filter_drop POST                 s f f  n n o  n n f  f n f
review:search                           s f f  o o o  o o f  f o f
review:claim                            s f f  o n o  o n f  f o f
review:computing                        s f f  o n o  o n f  f o f
review:claim_bundle POST                s f f  f f f  f f f  f o f
review:verify POST                      s f f  x n x  x n f  f f f
review:take POST                        s f f  x n x  x n f  f f f
review:hand_back POST                   s f f  x n x  x n f  f f f
review:dismiss POST                     s f f  x n x  x n f  f f f
review:document_check POST              s f f  x n x  x n f  f f f
review:note POST                        s f f  x n x  x n f  f f f
review:decide POST                      s f f  x n x  x n f  f f f
review:enterprises                      s f f  o o o  f f f  f o f
review:enterprise                       s f f  o n o  f f f  f o f
review:enterprise POST                  s f f  x n x  f f f  f x f
review:report                           s f f  o o o  o o f  f o f
review:report_sheet                     s f f  o o o  o o f  f o f
review:report_claims                    s f f  n n n  n n f  f n f
review:extension                        s f f  f f o  f f f  f f f
review:extension POST                   s f f  f f x  f f f  f f f
review:audit                            s f f  f f f  f f f  f o o
review:audit_export POST                s f f  f f f  f f f  f o o
review:audit_digests                    s f f  f f f  f f f  f o o
review:audit_job                        s f f  f f f  f f f  f o n
review:audit_progress                   s f f  f f f  f f f  f o n
review:audit_file                       s f f  f f f  f f f  f o n
review:audit_cancel POST                s f f  f f f  f f f  f o n
review:firms                            s f f  f f f  f f f  f o o
review:firm                             s f f  f f f  f f f  f o o
review:firm POST                        s f f  f f f  f f f  f f x
review:eligible                         s f f  o o o  f f o  f o f
review:eligible_export POST             s f f  o o o  f f o  f o f
review:eligible_job                     s f f  n n n  f f o  f n f
review:eligible_progress                s f f  n n n  f f o  f n f
review:eligible_file                    s f f  n n n  f f o  f n f
review:eligible_cancel POST             s f f  n n n  f f o  f n f
review:figures_years                    s f f  f f o  o f o  f o f
review:figures_year                     s f f  f f o  o f o  f o f
review:figures_year_close POST          s f f  f f f  f f x  f f f
review:figures_year_reopen POST         s f f  f f f  f f x  f f f
review:figures_year_differences         s f f  f f o  o f o  f o f
review:support                          s f f  o o o  o o f  o o f
review:support_request                  s f f  n n o  n n f  o o f
review:support_request POST             s f f  n n x  n n f  x x f
review:refund_times                     s f f  f f o  f f f  f o f
review:matters                          s f f  o o o  o f f  o o f
review:matter_new                       s f f  o o o  o f f  o f f
review:matter                           s f f  n n o  n f f  o o f
review:matter_act POST                  s f f  n n x  n f f  x f f
review:notices                          s f f  o o o  o o f  f o f
review:notice                           s f f  o o o  o o f  f o f
review:notice_new                       s f f  f f f  o n f  f f f
review:notice_new POST                  s f f  f f f  o n f  f f f
review:notice_end POST                  s f f  f f f  o n f  f f f
review:objections                       s f f  o o o  f f f  f o f
review:objection                        s f f  n n o  f f f  f o f
review:objection_end POST               s f f  n n x  f f f  f f f
review:replay                           s f f  n n o  o n o  f o f
review:replay_progress                  s f f  n n o  o n o  f o f
review:replay_sheet                     s f f  n n o  o n o  f o f
review:replay_act POST                  s f f  n n f  f n o  f f f
review:statistics                       s f f  f f o  o o f  f o f
review:statistics_sheet                 s f f  f f o  o n f  f o f
review:budget                           s f f  f f o  o o f  f o f
review:budget_claims                    s f f  f f n  n n f  f n f
review:budget_sheet                     s f f  f f o  o o f  f o f
review:appropriations                   s f f  f f o  o n f  f o f
review:appropriations POST              s f f  f f f  x n f  f f f
review:shortage                         s f f  f f o  o n f  f o f
review:shortage POST                    s f f  f f f  x n f  f f f
review:shortage_decision                s f f  f f o  o n f  f o f
review:recovery                         s f f  f f o  o o f  f o f
review:demand                           s f f  f f o  o n f  f o f
review:demand_act POST                  s f f  f f f  x n f  f f f
review:demand_receipt                   s f f  f f f  o n f  f f f
review:demand_receipt POST              s f f  f f f  x n f  f f f
review:supplements                      s f f  o o o  o o f  f o f
review:supplement                       s f f  n n o  o n f  f o f
review:supplement_act POST              s f f  n n x  x n f  f f f
review:batches                          s f f  f f f  o o f  f o f
review:batch                            s f f  f f f  o n f  f o f
review:batch_new                        s f f  f f f  o n f  f f f
review:batch_new POST                   s f f  f f f  x n f  f f f
review:batch_file                       s f f  f f f  o n f  f o f
review:batch_add                        s f f  f f f  o n f  f f f
review:batch_add POST                   s f f  f f f  o n f  f f f
review:batch_preview                    s f f  f f f  n n f  f n f
review:batch_verify                     s f f  f f f  o n f  f o f
review:batch_verify POST                s f f  f f f  o n f  f o f
review:batch_bundle POST                s f f  f f f  f f f  f o f
review:batch_results                    s f f  f f f  o n f  f o f
review:batch_results POST               s f f  f f f  x n f  f n f
review:batch_results_confirm POST       s f f  f f f  o n f  f f f
review:batch_results_marked POST        s f f  f f f  o n f  f f f
review:batch_template                   s f f  f f f  o n f  f o f
review:batch_result_file                s f f  f f f  o n f  f o f
review:batch_payment                    s f f  f f f  o n f  f o f
review:batch_payment POST               s f f  f f f  x n f  f n f
review:batch_reconciliation             s f f  f f f  o n f  f o f
review:batch_reconciliation_sheet       s f f  f f f  o n f  f o f
review:reconciliation                   s f f  f f f  o o f  f o f
review:reconciliation_sheet             s f f  f f f  o n f  f o f
review:accounts_waiting                 s f f  f f f  o o f  f o f
review:account_answer POST              s f f  f f f  x n f  f f f
review:batch_act POST                   s f f  f f f  x n f  f f f
review:ledger                           s f f  f f o  o o f  f o f
review:ledger_firm                      s f f  f f o  o n f  f o f
review:ledger_checks                    s f f  f f o  o f f  f o f
review:ledger_check_now POST            s f f  f f f  o f f  f o f
review:ledger_check_progress            s f f  f f f  o f f  f o f
review:ledger_exports                   s f f  f f o  o o f  f o f
review:ledger_exports POST              s f f  f f n  n n f  f n f
review:ledger_export                    s f f  f f n  o n f  f n f
review:ledger_export_progress           s f f  f f n  o n f  f n f
review:ledger_export_file               s f f  f f n  o n f  f n f
review:ledger_export_cancel POST        s f f  f f n  o n f  f n f
review:imports                          s f f  f f f  f f o  f o f
review:import_kind                      s f f  f f f  f f o  f o f
review:import_kind POST                 s f f  f f f  f f x  f f f
review:import_template                  s f f  f f f  f f o  f o f
review:import_export POST               s f f  f f f  f f o  f o f
review:load                             s f f  f f f  f f o  f o f
review:load_progress                    s f f  f f f  f f o  f o f
review:load_file                        s f f  f f f  f f o  f o f
review:load_refused                     s f f  f f f  f f o  f o f
review:load_act POST                    s f f  f f f  f f x  f f f
review:export                           s f f  f f f  f f o  f n f
review:export_progress                  s f f  f f f  f f o  f n f
review:export_file                      s f f  f f f  f f o  f n f
review:export_cancel POST               s f f  f f f  f f o  f n f

console:data                            s s s  o o o  o o o  o o o
console:index                           s s s  o o o  o o o  o o o
console:app_list                        s s s  o o o  o o o  o o o
console:login                           s f f  f f f  f f f  f f f
console:logout POST                     o o o  s s s  s s s  s s s

console:REGISTER_changelist             s s s  f f o  o f o  f o f
console:REGISTER_add                    s s s  f f f  f f o  f f f
console:REGISTER_change                 s s s  f f o  o f o  f o f
console:REGISTER_change POST            s s s  f f f  f f o  f f f
console:REGISTER_delete                 s s s  f f f  f f f  f f f
console:REGISTER_history                s s s  f f o  o f o  f o f

console:SETTING_changelist              s s s  o o o  o o o  f o f
console:SETTING_add                     s s s  f f f  f f o  f f f
console:SETTING_change                  s s s  o o o  o o o  f o f
console:SETTING_change POST             s s s  f f f  f f f  f f f
console:SETTING_delete                  s s s  f f f  f f f  f f f
console:SETTING_history                 s s s  o o o  o o o  f o f
console:SETTING_draft POST              s s s  f f f  f f o  f f f
console:SETTING_adopt POST              s s s  f f f  f f o  f f f
console:SETTING_replay POST             s s s  f f f  f f o  f f f
console:SETTING_publish POST            s s s  f f f  f f o  f f f

console:applications_cityrate_changelist    s s s  o o o  o o o  f o f
console:applications_cityrate_add           s s s  o o f  f f f  f f f
console:applications_cityrate_change        s s s  o n o  o o o  f o f
console:applications_cityrate_change POST   s s s  f n f  f f f  f f f
console:applications_cityrate_delete        s s s  f f f  f f f  f f f
console:applications_cityrate_history       s s s  o n o  o o o  n o n
console:applications_cityrate_draft POST    s s s  o n f  f f f  n f n
console:applications_cityrate_adopt POST    s s s  o n f  f f f  n f n
console:applications_cityrate_replay POST   s s s  o n f  f f f  n f n
console:applications_cityrate_together POST s s s  o o f  f f f  f f f
console:applications_cityrate_publish POST  s s s  o n f  f f f  n f n

console:applications_deadlineextension_changelist    s s s  o o o  o f o  f o f
console:applications_deadlineextension_add           s s s  f f o  f f f  f f f
console:applications_deadlineextension_change        s s s  o n o  o f o  f o f
console:applications_deadlineextension_change POST   s s s  f f f  f f f  f f f
console:applications_deadlineextension_delete        s s s  f f f  f f f  f f f
console:applications_deadlineextension_history       s s s  o n o  o f o  n o f

console:accounts_user_changelist        s s s  f f f  f f f  f o o
console:accounts_user_add               s s s  f f f  f f f  f f o
console:accounts_user_change            s s s  f f f  f f f  f o o
console:accounts_user_delete            s s s  f f f  f f f  f f f
console:accounts_user_history           s s s  f f f  f f f  f o o
console:accounts_user_password          s s s  f f f  f f f  f f o
console:accounts_user_second_factor     s s s  f f f  f f f  f f o
console:accounts_user_sign_ins          s s s  f f f  f f f  f o o
"""


#: What is asked of addresses that name an action.
ACTIONS = {
    "review:batch_act": "withdraw",
    "review:demand_act": "receipt",
    "review:supplement_act": "consent",
    "review:account_answer": "confirm",
    "review:load_act": "cancel",
    "review:matter_act": "note",
    "review:replay_act": "cancel",
    "console:applications_cityrate_together": "adopt",
}


def rows():
    """The table line by line: (address, method, {person: outcome}), registers and settings spelled out."""
    for line in TABLE.splitlines():
        if not line or line.startswith("#"):
            continue
        name, *rest = line.split()
        method = rest.pop(0) if rest[0] == "POST" else "GET"
        outcomes = dict(zip(PEOPLE, rest, strict=True))
        names = [name]
        for word, models in (("REGISTER", REGISTERS), ("SETTING", SETTINGS)):
            if word in name:
                names = [name.replace(word, f"applications_{model}") for model in models]
        yield from ((each, method, outcomes) for each in names)


def addresses(resolver=None, namespace=""):
    """The names of every address that the project answers at."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, pattern.namespace or namespace)
        elif pattern.name:
            yield f"{namespace}:{pattern.name}" if namespace else pattern.name, pattern


@pytest.fixture(scope="module")
def world_kept(rows_kept):
    return world_make()


@pytest.fixture
def world(world_kept):
    surroundings_make()
    return deepcopy(world_kept)


def arguments(name, pattern, world):
    """What the address needs to be about something of this world."""
    numbers = world["numbers"]
    key = next(
        (
            word
            for word in (
                "objection",
                "demand",
                "supplement",
                "support",
                "notice",
                "batch",
                "matter",
                "shortage",
            )
            if word in name
        ),
        "claim",
    )
    values = {
        "number": {"portal:measure": 1, "portal:objection_new": numbers["notice"]}.get(name, numbers[key]),
        "document": numbers["document"],
        "code": numbers["code"],
        "file": numbers["file"],
        "letter": f"{numbers['claim']}-S1",
        "year": 2025,
        "position": 1,
        "item": {"portal:support_new": "8.1", "portal:claim_confirm": "6.1"}.get(name, "5.1"),
        "payer": "province",
        "action": ACTIONS.get(name, "return"),
        "measure": 5,
        "way": "take",
        "kind": "xlsx" if name == "portal:notice_list" else "figures",
        "line": numbers["line"],
        "receipt": numbers["receipt"],
        "secret": "a-secret",
        "app_label": "applications",
        "uidb64": "MQ",
        "token": "no-token-of-ours",
        "pk": numbers.get(name) or numbers.get(name.rpartition("_")[0], 0),
        "object_id": numbers.get(name.rpartition("_")[0]),
    }
    return {key: values[key] for key in pattern.pattern.converters or pattern.pattern.regex.groupindex}


def outcome(client, method, address):
    """One letter for what became of a request. A server error raises by itself."""
    response = getattr(client, method.lower())(address)
    if response.streaming:
        response.getvalue()
    if response.status_code == 302:
        return redirected(address, response["Location"])
    letters = {403: "f", 404: "n", 400: "x", 409: "x", 415: "x", 422: "x"}
    return letters.get(response.status_code, "o" if response.status_code < 400 else str(response.status_code))


def redirected(address, location):
    """Sign-in, or the admin site's way to say that a row does not exist: back to its index."""
    if "/sign-in" in location or "/login" in location or (location == "/" and "/console/" in address):
        return "s"
    return "n" if location == reverse("console:data") and address.endswith(("change/", "history/")) else "o"


def test_every_address_has_a_row():
    named = {name for name, _ in addresses()}
    assert named - {name for name, _, _ in rows()} == set()
    assert {name for name, _, _ in rows()} - named == set(), "a row about an address that is gone"


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_gets_what_their_post_is_for_and_nothing_else(world, client, person):
    patterns, user = dict(addresses()), world["people"][person]
    found, wanted = {}, {}
    for name, method, outcomes in rows():
        if user and not getattr(client.cookies.get("sessionid"), "value", ""):
            client.force_login(user)
        with transaction.atomic():
            where = reverse(name, kwargs=arguments(name, patterns[name], world))
            found[name, method], wanted[name, method] = outcome(client, method, where), outcomes[person]
            transaction.set_rollback(True)
    different = {key: (found[key], wanted[key]) for key in found if found[key] != wanted[key]}
    assert not different, "\n".join(f"{name}: found {f}, wanted {w}" for name, (f, w) in different.items())
