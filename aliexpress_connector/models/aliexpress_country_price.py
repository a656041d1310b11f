from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..lib.catalogue_rules import PRICE_COUNTRIES


class AliexpressCountryPrice(models.Model):
    """Prices of a shop for the buyers of one country."""

    _name = "aliexpress.country.price"
    _description = "AliExpress Prices by Country"
    _check_company_auto = True
    _rec_name = "country_id"

    account_id = fields.Many2one("aliexpress.account", string="Shop", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="account_id.company_id", store=True)
    country_id = fields.Many2one(
        "res.country",
        required=True,
        ondelete="restrict",
        domain=[("code", "in", PRICE_COUNTRIES)],
        help="Where the buyer lives.",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        required=True,
        ondelete="restrict",
        check_company=True,
        help="Gives the price in this country.",
    )
    sale_pricelist_id = fields.Many2one(
        "product.pricelist", ondelete="restrict", check_company=True, help="Gives the sale price in this country."
    )

    _country_uniq = models.UniqueIndex("(account_id, country_id)", "This country already has its prices in this shop.")

    @api.constrains("country_id")
    def _check_country_id(self):
        for line in self:
            if line.country_id.code not in PRICE_COUNTRIES:
                raise ValidationError(
                    self.env._(
                        "AliExpress takes no prices of their own for buyers in %(country)s. Remove the line of "
                        "%(country)s.",
                        country=line.country_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Override to compare the offers of the shop again."""
        lines = super().create(vals_list)
        lines.account_id._compare_all_offers()
        return lines

    def write(self, vals):
        """Override to compare the offers of the shop again."""
        sources = self.account_id._get_sale_sources()
        result = super().write(vals)
        self.account_id.filtered(sources.get)._end_sales(sources)
        self.account_id._compare_all_offers()
        return result

    def unlink(self):
        """Override to compare the offers of the shop again."""
        accounts = self.account_id
        result = super().unlink()
        accounts._compare_all_offers()
        return result
