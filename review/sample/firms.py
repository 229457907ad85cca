"""The firms of the sample. Their credit codes lie in the district 239900, which does not exist."""

from dataclasses import dataclass, fields
from datetime import date, timedelta

from accounts.cities import City
from applications.bank_accounts import Account, account_change, change_confirm, change_to_confirm
from applications.credit_code import check_digit
from applications.enterprises import (
    Profile,
    enterprise_refuse,
    enterprise_register,
    enterprise_update,
    enterprise_verify,
)
from applications.invitations import invitation_make, invitation_withdraw
from applications.membership import join_request_answer, join_request_make

from .files import paper_store

REFUSAL = "授权书没有加盖公章，请盖章后重新上传。"


@dataclass(frozen=True)
class Firm:
    """A firm: its owner's sign-in name, what the registers say, and when it signed up (working days before today)."""

    owner: str
    name: str
    city: str
    signs_up: int = 305
    #: Who checks its papers two working days later; "" while nobody has.
    checker: str = "commerce3"
    refused: bool = False
    ftz: bool = False
    #: Introduced in the sample's year.
    introduced: bool = False
    established: date = date(2015, 6, 18)


FIRMS = (
    Firm("firm1", "示例黑土粮油进出口有限公司", City.HARBIN, checker="city-harbin"),
    Firm("firm2", "示例边贸供应链有限公司", City.HEIHE, checker="city-heihe", ftz=True),
    Firm("firm3", "示例林海木业有限公司", City.YICHUN),
    Firm("firm4", "示例松江跨境电子商务有限公司", City.HARBIN, checker="city2-harbin", ftz=True),
    Firm("firm5", "示例嫩江外贸综合服务有限公司", City.QIQIHAR, signs_up=70),
    Firm("firm6", "示例镜泊国际贸易平台运营有限公司", City.MUDANJIANG),
    Firm("firm7", "示例鹤乡乳业股份有限公司", City.QIQIHAR, signs_up=65),
    Firm("firm8", "示例北方装备制造有限公司", City.HARBIN, checker="city-harbin"),
    Firm("firm9", "示例远东矿产进出口有限公司", City.HARBIN, 60, "city2-harbin", introduced=True),
    Firm(
        "firm10",
        "示例大兴安岭地区绿色食品与林下产品国际贸易及跨境物流综合服务（集团）股份有限公司",
        City.DAXINGANLING,
        signs_up=50,
    ),
    Firm("firm11", "示例冰城新贸易有限公司", City.HARBIN, signs_up=2, checker=""),
    Firm("firm12", "示例黑河互市贸易有限公司", City.HEIHE, 9, "city-heihe", refused=True),
)
#: Firms that the figures and registers know and that have not signed up: name, city, phone in the register.
STRANGERS = (
    ("示例未注册外贸有限公司", City.DAQING, "0459-00000101"),
    ("示例未注册食品有限公司", City.SUIHUA, ""),
    ("示例未注册机电有限公司", City.HARBIN, "0451-00000103"),
)
_BY_OWNER = {firm.owner: position for position, firm in enumerate(FIRMS, 1)}


def credit_code(number):
    """The code of the sample's firm with a number, its check digit right."""
    body = f"91239900MA{number:07d}"
    return body + check_digit(body)


def code_of(owner):
    """The credit code of the firm whose owner has a sign-in name."""
    return credit_code(_BY_OWNER[owner])


def firm_names():
    """{sign-in name: name of the firm} of all clerks."""
    return {firm.owner: firm.name for firm in FIRMS} | {"firm1b": FIRMS[0].name}


def firms_plan(diary, people, firms):
    """Plans the firms' sign-up and check; each is put into `firms` by its owner's sign-in name when it signs up."""
    for firm in FIRMS:
        diary.plan(firm.signs_up, lambda at, firm=firm: _sign_up(firm, people, firms, at))
        if firm.checker:
            diary.plan(firm.signs_up - 2, lambda at, firm=firm: _check(firm, people, firms, at))
    diary.plan(302, lambda at: _colleague_join(people, firms, at))
    _people_and_accounts_plan(diary, people, firms)


def _people_and_accounts_plan(diary, people, firms):
    """What firms have done about their people and accounts: the first firm much, and another waits for an account."""
    owner, clerk, firm = people["firm1"], people["firm1b"], FIRMS[0]
    diary.plan(240, lambda at: _contact_change(firms["firm1"], owner, at))
    diary.plan(180, lambda at: _account_change(firm, clerk, firms, "20", at))
    diary.plan(179, lambda at: change_confirm(change_id=change_to_confirm(owner).pk, actor=owner, at=at))
    diary.plan(90, lambda at: _invitation_withdrawn(firms["firm1"], owner, at))
    diary.plan(2, lambda at: _invite(firms["firm1"], owner, "示例经办人卯", at))
    diary.plan(1, lambda at: _account_change(firm, clerk, firms, "30", at))
    lonely = next(each for each in FIRMS if each.owner == "firm7")
    diary.plan(1, lambda at: _account_change(lonely, people["firm7"], firms, "20", at))


def _sign_up(firm, people, firms, at):
    owner = people[firm.owner]
    papers = {
        name: paper_store(title, [title, firm.name], user=owner, at=at)
        for name, title in (("licence", "营业执照"), ("authorisation", "授权书"))
    }
    profile = Profile(
        name=firm.name,
        city=firm.city,
        address=f"{City(firm.city).label}示例路 {_BY_OWNER[firm.owner]} 号",
        contact_name=owner.name,
        contact_phone=f"0451-{_BY_OWNER[firm.owner]:08d}",
        contact_email=f"{firm.owner}@firm.example",
        **papers,
    )
    firms[firm.owner] = enterprise_register(
        user=owner,
        credit_code=code_of(firm.owner),
        profile=profile,
        account=_account(firm, "10"),
        at=at,
    )


def _account(firm, series):
    """An account that no bank has."""
    return Account(
        holder=firm.name,
        bank=f"示例银行{City(firm.city).label}分行",
        number=f"00000000{_BY_OWNER[firm.owner]:04d}00{series}",
    )


def _check(firm, people, firms, at):
    enterprise, officer = firms[firm.owner], people[firm.checker]
    if firm.refused:
        enterprise_refuse(enterprise_id=enterprise.pk, officer=officer, note=REFUSAL, at=at)
    else:
        firms[firm.owner] = enterprise_verify(enterprise_id=enterprise.pk, officer=officer, at=at)


def _colleague_join(people, firms, at):
    request = join_request_make(enterprise=firms["firm1"], user=people["firm1b"], at=at)
    join_request_answer(request_id=request.pk, actor=people["firm1"], accept=True, at=at)


def _account_change(firm, actor, firms, series, at):
    """Another account of the firm, which is not in force yet."""
    account = _account(firm, series)
    return account_change(enterprise_id=firms[firm.owner].pk, actor=actor, account=account, at=at)


def _contact_change(enterprise, owner, at):
    """The firm reads its mail elsewhere now."""
    enterprise.refresh_from_db()
    given = {field.name: getattr(enterprise, field.name) for field in fields(Profile)}
    profile = Profile(**{**given, "contact_email": "office@firm.example"})
    enterprise_update(enterprise_id=enterprise.pk, actor=owner, profile=profile, at=at)


def _invite(enterprise, owner, name, at):
    return invitation_make(
        enterprise_id=enterprise.pk, actor=owner, name=name, email="firm1c@firm.example", at=at
    )


def _invitation_withdrawn(enterprise, owner, at):
    invitation = _invite(enterprise, owner, "示例经办人辰", at)
    invitation_withdraw(invitation_id=invitation.pk, actor=owner, at=at + timedelta(minutes=3))
