from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# A code without spaces at its ends. The indexes serve only this very expression.
TRIMMED = r"btrim({}, E' \t\n\r\x0B\f')"


def _index_spaced(column):
    """An index of the few rows whose `column` has spaces at its ends."""
    trimmed = TRIMMED.format(column)
    return models.Index(f"({trimmed}) WHERE {column} <> {trimmed}")


class ProductProduct(models.Model):
    _inherit = "product.product"

    aliexpress_sku_code = fields.Char(
        string="AliExpress SKU Code",
        copy=False,
        index="btree_not_null",
        help="Code of this variant on AliExpress, where it is not the internal reference.",
        groups="base.group_user",
    )
    aliexpress_sku_count = fields.Integer(
        string="Number of AliExpress SKUs",
        compute="_compute_aliexpress_sku_count",
        groups="sales_team.group_sale_salesman",
        help="In how many AliExpress listings the variant is offered.",
    )

    _aliexpress_sku_code_spaced_idx = _index_spaced("aliexpress_sku_code")
    _aliexpress_default_code_spaced_idx = _index_spaced("default_code")

    def _compute_aliexpress_sku_count(self):
        Sku = self.env["aliexpress.listing.sku"]
        counts = dict(Sku._read_group([("product_id", "in", self.ids)], ["product_id"], ["__count"]))
        for product in self:
            product.aliexpress_sku_count = counts.get(product, 0)

    def action_aliexpress_offers(self):
        """Open what AliExpress has of the variant: its SKUs with their prices and quantities."""
        action = self.env["ir.actions.act_window"]._for_xml_id("aliexpress_connector.aliexpress_listing_sku_action")
        return action | {"domain": [("product_id", "in", self.ids)], "context": {}}

    @api.model
    def _aliexpress_get_helper(self, name):
        """The product that stands in sale orders for `name`: discount, freight, unknown or difference. A batch asks for
        it with every order, so it is not read to see whether it exists.
        """
        return self.browse(self.env["ir.model.data"]._xmlid_to_res_id(f"aliexpress_connector.product_{name}", True))

    def _aliexpress_without_orderpoint(self):
        """Those of these variants that no company has a reordering rule for."""
        # One that whoever confirms may not see is triggered nevertheless.
        orderpoints = self.env["stock.warehouse.orderpoint"].sudo().with_context(active_test=False)
        return self - self.browse(
            product.id for [product] in orderpoints._read_group([("product_id", "in", self.ids)], ["product_id"])
        )

    def _get_aliexpress_sku_code(self):
        """The code under which the variant is published: its own, its internal reference, or one made of its number.

        Spaces at its ends, which other software may have written, do not come back from AliExpress.
        """
        self.ensure_one()
        codes = ((code or "").strip() for code in (self.aliexpress_sku_code, self.default_code))
        return next(filter(None, codes), self._get_aliexpress_made_code())

    def _get_aliexpress_made_code(self):
        """The code of a variant that people gave none."""
        return f"ODOO-{self.id}"

    @api.model
    def _aliexpress_search_spaced(self, field_name, codes, domain=()):
        """{code: variants} of the variants whose field is one of `codes` (set) with spaces at its ends, which other
        software may have written: AliExpress tells codes without them.
        """

        def to_sql(model, alias, query):
            column = model._field_to_sql(alias, field_name, query)
            trimmed = SQL(TRIMMED.format("%s"), column)
            return SQL("(%s <> %s AND %s IN %s)", column, trimmed, trimmed, tuple(codes))

        if not codes:
            return {}
        # In the order of names every template would be read, too.
        found = self.search(Domain(domain) & Domain.custom(to_sql=to_sql), order="id")
        return found.grouped(lambda product: product[field_name].strip())
