from concurrent.futures import ThreadPoolExecutor

from ..lib.errors import UNREADABLE, AliexpressError, FixError

# Products are read by this many threads at once.
THREADS = 6


def read_products(client, listings, reads_skus=False):
    """`{listing: ProductDetail or AliexpressError}`, read in parallel. The threads use nothing of Odoo.

    `reads_skus`: an answer without any SKU is an error. Nothing can be sold without one, so it says nothing about them.
    """

    def read(product_ref):
        try:
            detail = client.get_product(product_ref)
        except AliexpressError as error:
            return error
        return detail if detail.skus or not reads_skus else make_skuless_error()

    refs = [listing.product_ref for listing in listings]
    if not refs:
        return {}
    with ThreadPoolExecutor(max_workers=min(THREADS, len(refs))) as pool:
        return dict(zip(listings, pool.map(read, refs), strict=True))


def make_skuless_error():
    """The error for a product that AliExpress shows without any SKU."""
    return FixError(UNREADABLE, "no SKUs in the product", method="get_product")
