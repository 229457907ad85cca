"""Rows of the forms that firms of the sample fill in; amounts are yuan, as the forms give them."""


def loan(principal, issued_on, repaid_on, interest):
    """A loan of 4.1 and 4.2."""
    row = {"principal_cny": principal, "issued_on": issued_on, "interest_paid_cny": interest}
    return row | ({"repaid_on": repaid_on} if repaid_on else {})


def premium(amount, market, new_mode=False):
    """A premium of 7.2."""
    return {"premium_cny": amount, "market": market, "new_mode": new_mode}


def exhibition(name, country="RU"):
    """What an exhibition is called and where it is."""
    return {"exhibition_name": name, "country": country}


def receipts(series, *amounts, year):
    """Receipts of bank fees with these amounts; `series` tells those of one firm from others."""
    return {
        "fee_receipts": [
            {
                "receipt_number": f"SLHD{year}{series}{number:03d}",
                "bank": "示例银行哈尔滨分行",
                "amount_cny": amount,
                "paid_on": f"{year}-0{number}-20",
            }
            for number, amount in enumerate(amounts, 1)
        ]
    }


def invoices(year, *rows):
    """Invoices given as (number, cost, amount)."""
    return {
        "invoices": [
            {
                "invoice_number": number,
                "cost": cost,
                "amount_cny": amount,
                "paid_on": f"{year}-06-16",
                "seller": "示例服务有限公司",
            }
            for number, cost, amount in rows
        ]
    }
