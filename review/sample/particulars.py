"""What clerks of the sample add to their figures: plain words and numbers for every particular that an item declares."""

from decimal import Decimal
from hashlib import sha256

from measures.declaration import Choice, Count, Day, Market, Rows, Text

#: Words for texts, by the name of the field; {year} is the year of the claim.
TEXTS = {
    "agent": "示例会展服务有限公司",
    "bank": "示例银行哈尔滨分行",
    "booth_number": "A-101",
    "exhibition_name": "示例国际贸易博览会",
    "exhibition_site": "https://expo.example",
    "insurer": "示例保险公司黑龙江分公司",
    "issuing_body": "示例认证机构",
    "lender": "示例银行哈尔滨分行",
    "organiser": "示例会展主办有限公司",
    "provider": "示例资信服务有限公司",
    "purpose": "支付货款",
    "registration_number": "SL-{year}-001",
    "seller": "示例服务有限公司",
    "service_scope": "代理报关、收汇、退税和物流，提供一站式服务。",
    "shop_name": "示例店铺 https://shop.example",
    "shop_platform": "示例跨境平台",
    "site_title": "示例独立站",
}
#: Month and day for days, by the name of the field.
DAYS = {
    "declared_on": "03-10",
    "ends_on": "09-19",
    "insured_from": "01-01",
    "insured_to": "12-31",
    "paid_on": "06-16",
    "starts_on": "09-16",
}
MARKET = "RU"
TRAVELLERS = 2


def particulars_of(rule, facts, given, *, year, series):
    """The particulars of a claim: `given` where the sample says them, otherwise made up.

    `series` names the claim, so that invoice and policy numbers of different claims never agree.
    """
    maker = _Maker(facts, year, series)
    particulars = {}
    for field in rule.particulars:
        particulars[field.name] = (
            maker.rows(field) if isinstance(field, Rows) else maker.value(field, field.name)
        )
    for field in rule.facts:
        if isinstance(field, Rows) and field.particulars:
            particulars[field.name] = [
                maker.row(field.particulars, f"{field.name} {index}")
                for index in range(len(facts.get(field.name, ())))
            ]
    particulars |= given
    return {name: value for name, value in particulars.items() if value is not None}


class _Maker:
    def __init__(self, facts, year, series):
        self.facts, self.year, self.series = facts, year, series

    def rows(self, field):
        """One row for each cost that is claimed where rows name costs, otherwise as many as must be there."""
        choice = next((part for part in field.fields if isinstance(part, Choice)), None)
        if choice is None:
            return [self.row(field.fields, f"{field.name} {index}") for index in range(field.min_rows)]
        costs = [name for name, _ in choice.choices if Decimal(self.facts.get(name, 0))]
        return [
            self.row(field.fields, f"{field.name} {name}")
            | {choice.name: name, "amount_cny": self.facts[name]}
            for name in costs
        ]

    def row(self, fields, place):
        values = {field.name: self.value(field, f"{place} {field.name}") for field in fields}
        return {name: value for name, value in values.items() if value is not None}

    def value(self, field, place):
        if isinstance(field, Day):
            return f"{self.year}-{DAYS[field.name]}" if field.name in DAYS else None
        if isinstance(field, Market):
            return MARKET
        if isinstance(field, Count):
            return TRAVELLERS
        if isinstance(field, Text):
            return self._text(field, place)
        return None

    def _text(self, field, place):
        if field.fingerprint or (field.name.endswith("_number") and field.required):
            number = int(sha256(f"{self.series} {place}".encode()).hexdigest()[:12], 16) % 10**8
            return f"SL{self.year}{number:08d}"
        words = TEXTS.get(field.name)
        return words.format(year=self.year) if words else None
