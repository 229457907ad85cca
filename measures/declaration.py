"""The words in which an item declares what it asks for.

Each item declares its facts, particulars and evidence once. The JSON contract, the forms, the interface for
programs, the help texts, the search and the flags are all derived from these declarations.

A *fact* is what the rule computes with. A *particular* is what people, searches and flags need and the rule
never sees. Both are made of the same fields.
"""

from dataclasses import dataclass

#: What a particular may identify across claims and enterprises.
FINGERPRINTS = ("invoice", "policy", "declaration", "loan")
#: What a date may mean: an expense must lie in the filing period's window of dates; what runs from a day until a day
#: (that day included) or before a day (not included) must touch the claim's year.
EXPENSE, FROM, UNTIL, BEFORE = DATE_ROLES = ("expense", "from", "until", "before")
#: Kinds of documents of which there is a drawing to compare one's own with.
PICTURES = (
    "contract",
    "invoice",
    "receipt",
    "photo",
    "screenshot",
    "certificate",
    "customs",
    "list",
    "travel",
    "policy",
    "letter",
)


@dataclass(frozen=True, kw_only=True)
class Field:
    """One question of a form and one key of the contract.

    `required` means that the contract refuses a fact without it; a fact that is not required is 0, empty or
    false where it is left out. For a particular it means that a claim cannot be submitted without it.

    `fingerprint` says what kind of paper a number stands on. A `lasting` one ordinarily comes back in the firm's own claims
    of other years, as that of a loan does.
    """

    name: str
    label: str
    help: str = ""
    required: bool = False
    fingerprint: str = ""
    lasting: bool = False
    date_role: str = ""

    def __post_init__(self):
        if not self.name.isidentifier() or not self.label:
            raise ValueError(f"a field needs a name and a label: {self.name!r}")
        if self.fingerprint and self.fingerprint not in FINGERPRINTS:
            raise ValueError(f"unknown kind of fingerprint: {self.fingerprint}")
        if self.date_role and self.date_role not in DATE_ROLES:
            raise ValueError(f"unknown role of a date: {self.date_role}")


@dataclass(frozen=True, kw_only=True)
class Amount(Field):
    """An amount in yuan, not negative, with at most two decimals."""


@dataclass(frozen=True, kw_only=True)
class Count(Field):
    """A whole number, not negative."""

    unit: str = "个"


@dataclass(frozen=True, kw_only=True)
class Text(Field):
    """A text. A required text that names something is never empty."""

    multiline: bool = False


@dataclass(frozen=True, kw_only=True)
class Day(Field):
    """A calendar day. `optional` days may be null; `not_before` names a day of the same row that comes first."""

    optional: bool = False
    not_before: str = ""


@dataclass(frozen=True, kw_only=True)
class Market(Field):
    """A country or region as its two capital letters of ISO 3166."""


@dataclass(frozen=True, kw_only=True)
class Flag(Field):
    """Yes or no."""


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """One of a few values; `choices` are pairs of value and label."""

    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class RegisterChoice(Field):
    """One entry, by its id, of a register that names the enterprise."""

    source: str

    def __post_init__(self):
        super().__post_init__()
        if self.source not in ("trade_platforms", "overseas_warehouses"):
            raise ValueError(f"unknown register: {self.source}")


@dataclass(frozen=True, kw_only=True)
class Rows(Field):
    """A list of rows with the same fields, such as loans or premiums.

    `particulars` are further columns of the same rows that the rule never sees; they are stored beside the other
    particulars under the same name and in the same order as the rows themselves.
    """

    fields: tuple[Field, ...]
    row_label: str
    particulars: tuple[Field, ...] = ()
    min_rows: int = 0


def register_fact(facts: tuple[Field, ...]) -> RegisterChoice | None:
    """Return the fact that names a register entry; None where an item is not about one."""
    return next((fact for fact in facts if isinstance(fact, RegisterChoice)), None)


@dataclass(frozen=True)
class Evidence:
    """One kind of document that a claim needs, with at least `min_files` files where it is required.

    `help` says when or in what form; `reason` what it is needed for; `sample` what a good one shows; `picture` names
    the drawing of one, from `PICTURES`. Each is a sentence or more. A `reusable` paper ordinarily serves several claims of
    one firm, as a contract that runs for years does.

    One that is not required is needed all the same where anything is declared under a name of `needed_with`: that of a fact
    or particular, or of a list and a column of it, as in premiums.new_mode.
    """

    code: str
    label: str
    help: str = ""
    required: bool = True
    min_files: int = 1
    reason: str = ""
    sample: str = ""
    picture: str = ""
    reusable: bool = False
    needed_with: tuple[str, ...] = ()

    def __post_init__(self):
        if self.required and self.needed_with:
            raise ValueError(f"{self.code} is required in any case")
        if self.picture and self.picture not in PICTURES:
            raise ValueError(f"no drawing of this kind: {self.picture}")

    def is_needed(self, facts, particulars):
        """Whether a claim that declares this cannot be submitted without the document; values as the contract writes them."""
        return self.required or any(_declares({**particulars, **facts}, name) for name in self.needed_with)


def _declares(values, name):
    name, _, column = name.partition(".")
    value = values.get(name)
    if column:
        return any(_declares(row, column) for row in value or ())
    return bool(value) and str(value).strip("0.") != ""
