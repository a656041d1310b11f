from ..lib.errors import UNREADABLE, FixError
from .parallel_calls import call_each


def read_products(client, listings, reads_skus=False):
    """`{listing: ProductDetail or AliexpressError}`, read in parallel. The threads use nothing of Odoo.

    `reads_skus`: an answer without any SKU is an error. Nothing can be sold without one, so it says nothing about them.
    """

    def read(product_ref):
        detail = client.get_product(product_ref)
        return detail if detail.skus or not reads_skus else make_skuless_error()

    details = call_each(read, [listing.product_ref for listing in listings])
    return dict(zip(listings, details, strict=True))


def make_skuless_error():
    """The error for a product that AliExpress shows without any SKU."""
    return FixError(UNREADABLE, "no SKUs in the product", method="get_product")
