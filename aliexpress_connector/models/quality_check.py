"""What a quality rule gets and what it yields."""

from dataclasses import dataclass

from ..lib.catalogue_values import ProductContent

MANDATORY = "mandatory"
RECOMMENDED = "recommended"


@dataclass(frozen=True)
class Problem:
    """One thing to mend: `message` in words, `field` (name) of `record` is where."""

    severity: str
    section: str
    message: str
    record: object
    field: str = ""


@dataclass(frozen=True)
class Check:
    """A listing under examination: its `content` as it would be sent, `images` {mark: aliexpress.image}."""

    listing: object
    content: ProductContent
    resolver: object
    images: dict

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
