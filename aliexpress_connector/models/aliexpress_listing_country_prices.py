from odoo import models

from ..lib.catalogue_values import ProductContent
from ..lib.errors import AliexpressError, ReconnectError
from .offer_kinds import read_countries
from .product_reader import read_products
from .shop_run import SHOP_REASONS


class AliexpressListing(models.Model):
    """How prices by country leave AliExpress that Odoo does not want any more."""

    _inherit = "aliexpress.listing"

    def _remove_country_prices(self, client, due, kind):
        """`due` without the listings whose last prices by country had to be removed."""
        for listing, offers in list(due.items()):
            if any(offer.countries_sent for offer in offers) and not any(offer.countries for offer in offers):
                due.pop(listing)
                listing._clear_country_prices(client, offers, kind)
        return due

    def _remove_left_countries(self, client, due, accepted_refs, kind):
        """`due` without the listings that keep the price of a country although it was not among those just sent.

        AliExpress does not say whether prices by country are replaced as a whole, so it is looked at.
        """
        leaving = [
            listing
            for listing, offers in due.items()
            if listing.product_ref in accepted_refs
            and any(_has_more(offer.countries_sent or {}, offer) for offer in offers)
        ]
        details = read_products(client, leaving, reads_skus=True)
        self._raise_shop_error(details)
        for listing, detail in details.items():
            offers = due[listing]
            if isinstance(detail, AliexpressError):
                due.pop(listing)
                listing._take_refused_offers(offers, detail, client, kind)
            elif any(_has_more(read_countries(detail, offer.sku_code), offer) for offer in offers):
                due.pop(listing)
                listing._clear_country_prices(client, offers, kind)
        return due

    def _clear_country_prices(self, client, offers, kind):
        """Remove all prices by country of this listing: that is an edit, which AliExpress reviews first. The next run
        sends what is wanted.
        """
        try:
            client.update_product(self.product_ref, ProductContent(country_prices=()))
        except AliexpressError as error:
            if error.reason in SHOP_REASONS or isinstance(error, ReconnectError):
                raise
            self._take_refused_offers(offers, error, client, kind)
        else:
            self.env["aliexpress.listing.sku"]._forget_country_prices([offer.id for offer in offers])


def _has_more(countries, offer):
    """Whether `countries` has one that the `DueOffer` has no price for."""
    return not countries.keys() <= (offer.countries or {}).keys()
