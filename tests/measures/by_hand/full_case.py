"""One case that uses every key there is, to be spoilt at one place at a time."""


def _loan():
    """A loan with every key."""
    return {
        "principal_cny": "1000000",
        "issued_on": "2022-01-20",
        "repaid_on": "2022-02-20",
        "interest_paid_cny": "3000",
    }


FACTS = {
    "1.1": {},
    "2.1": {"platform": "P1"},
    "3.1": {},
    "3.2": {"site": "s", "site_trade_cny": "10000000", "construction_cny": 100},
    "3.3": {"entry_fee_cny": "1", "promotion_cny": "2.5"},
    "3.4": {"warehouse": "W1"},
    "3.5": {"served_smes": 15, "trade_handled_cny": "300000000"},
    "4.1": {"landed_cny": "60000000", "bank_fees_cny": "54000", "loans": [_loan()]},
    "4.2": {"bank_fees_cny": "54000", "loans": [_loan(), _loan()]},
    "5.1": {"booth_cny": "1", "freight_cny": "1", "travel_cny": "1", "lodging_cny": "1"},
    "5.2": {"booth_cny": "1", "freight_cny": "1"},
    "5.3": {"participation_cny": "12"},
    "5.4": {"credit_report_cny": "1", "online_promotion_cny": "1"},
    "5.5": {"brand_cny": "1", "trademark_cny": "1", "certification_cny": "1"},
    "6.1": {},
    "7.1": {"premium_cny": "1"},
    "7.2": {"premiums": [{"premium_cny": "1", "market": "JP", "new_mode": True}]},
    "7.3": {"premium_cny": "1"},
    "8.1": {"subject": "班列", "details": "请协调"},
    "9.1": {"subject": "贷款", "details": "请协调"},
    "10.1": {"subject": "套保", "details": "请协调"},
    "11.1": {"refunds": [{"accepted_on": "2022-11-01", "refunded_on": "2022-11-09"}]},
    "12.1": {"subject": "协同", "details": "请协调"},
}
PLACES = {item: place for place, item in enumerate(FACTS)}


def full_case():
    """A case that uses every key there is, and is accepted."""
    figures = {
        "import_cny": "200000000",
        "export_cny": "5200000.00",
        "export_usd": "806000.00",
        "cross_border_cny": "10000000",
        "resource_import_cny": "100000000",
        "local_product_export_cny": "50000000",
    }
    return {
        "case": "whole",
        "year": 2022,
        "enterprise": {
            "introduced_year": 2022,
            "ftz": False,
            "platform_member": True,
            "agricultural_exporter": False,
            "trade_platforms": [{"id": "P1", "level": "national"}, {"id": "P2", "level": "provincial"}],
            "overseas_warehouses": ["W1"],
            "dual_circulation": True,
        },
        "trade": {"2021": dict.fromkeys(figures, "1"), "2022": figures, "1999": {"import_cny": "1"}},
        "settings": {
            "bank_cost_rate": "0.50",
            "key_markets": ["RU"],
            "city_rates": {"3.3": "0.50", "5.4": "0.40", "5.5": "0.7"},
        },
        "past_awards": [
            {"item": "2.1", "subject": "P2", "level": "national"},
            {"item": "3.4", "subject": "W9"},
            {"item": "6.1"},
        ],
        "claims": [
            {"id": item, "item": item, "facts": facts, "other_support_cny": "0.5", "locked_cny": None}
            for item, facts in FACTS.items()
        ],
    }
