from concurrent.futures import ThreadPoolExecutor

from ..lib.errors import AliexpressError

# Products are read by this many threads at once.
THREADS = 6


def read_products(client, listings):
    """`{listing: ProductDetail or AliexpressError}`, read in parallel. The threads use nothing of Odoo."""

    def read(product_ref):
        try:
            return client.get_product(product_ref)
        except AliexpressError as error:
            return error

    refs = [listing.product_ref for listing in listings]
    if not refs:
        return {}
    with ThreadPoolExecutor(max_workers=min(THREADS, len(refs))) as pool:
        return dict(zip(listings, pool.map(read, refs), strict=True))
