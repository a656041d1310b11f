"""What a quality rule gets and what it yields."""

from dataclasses import dataclass
from functools import cached_property

from ..lib.catalogue_values import ProductContent

MANDATORY = "mandatory"
RECOMMENDED = "recommended"
# The section of what keeps a listing from being sent at all.
EVERYTHING = "everything"


@dataclass(frozen=True)
class Problem:
    """One thing to mend: `message` in words, `field` (name) of `record` is where."""

    severity: str
    section: str
    message: str
    record: object
    field: str = ""


class ShopFacts:
    """What the rules ask about a shop, read once for all its listings under examination."""

    def __init__(self, account, categories):
        self._account = account
        self._categories = categories

    @cached_property
    def currency_problem(self):
        """Why prices of the shop cannot be sent (translated), "" when they can."""
        return self._account._get_currency_problem()

    @cached_property
    def size_charts(self):
        """{category: size charts that the shop made for it}"""
        domain = [("account_id", "=", self._account.id), ("category_id", "in", self._categories.ids)]
        return self._account.env["aliexpress.size.chart"].search(domain).grouped("category_id")


@dataclass(frozen=True)
class Check:
    """A listing under examination: its `content` as it would be sent, `images` {mark: aliexpress.image}."""

    listing: object
    content: ProductContent
    resolver: object
    images: dict
    shop: ShopFacts

    @property
    def env(self):
        return self.listing.env

    @property
    def account(self):
        return self.listing.account_id

    @property
    def template(self):
        return self.listing.product_tmpl_id

    @property
    def skus(self):
        return self.listing.sku_ids.filtered("is_offered").sorted("id")
