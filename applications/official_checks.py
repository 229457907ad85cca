"""What cannot be true of official figures, whoever enters them."""

from decimal import Decimal


def figures_problems(values):
    """Says what cannot be true of a year's customs figures: {name of the figure: sentence}.

    `values` maps the names of the figures to yuan or None; a missing figure contradicts nothing.
    """
    problems = {
        name: "金额不能是负数。请填 0 或正数，没有数据的不填。"
        for name, value in values.items()
        if value is not None and value < 0
    }
    imports, exports = values.get("import_cny"), values.get("export_cny")
    both = None if imports is None or exports is None else imports + exports
    wholes = (
        ("resource_import_cny", imports, "资源类产品进口额大于进口额。它是进口额的一部分，请核对两个数。"),
        ("local_product_export_cny", exports, "地产品出口额大于出口额。它是出口额的一部分，请核对两个数。"),
        ("cross_border_cny", both, "跨境电商进出口额大于进口额与出口额之和，请核对这几个数。"),
    )
    for name, whole, sentence in wholes:
        part = values.get(name)
        if part is not None and whole is not None and part > max(whole, Decimal(0)):
            problems.setdefault(name, sentence)
    return problems
