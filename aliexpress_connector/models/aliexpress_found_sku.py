from odoo import api, fields, models
from odoo.fields import Domain

# What a variant is recognised by, the better first: (matched by, its field, ours, whether with spaces at the ends).
MATCHES = (
    ("sku_code", "aliexpress_sku_code", "sku_code", False),
    ("default_code", "default_code", "sku_code", False),
    ("sku_code", "aliexpress_sku_code", "sku_code", True),
    ("default_code", "default_code", "sku_code", True),
    ("barcode", "barcode", "ean", False),
)


class AliexpressFoundSku(models.Model):
    """A SKU of a product that was found on AliExpress, and the variant it is taken for."""

    _name = "aliexpress.found.sku"
    _description = "SKU Found on AliExpress"
    _rec_name = "sku_code"

    found_id = fields.Many2one("aliexpress.found.product", required=True, index=True, ondelete="cascade")
    account_id = fields.Many2one(related="found_id.account_id", store=True, index=True)
    company_id = fields.Many2one(related="found_id.company_id", store=True)
    sku_code = fields.Char(
        string="SKU Code", readonly=True, index="btree_not_null", help="The code of the variant on AliExpress."
    )
    sku_ref = fields.Char(string="AliExpress SKU", readonly=True, help="The number of the variant on AliExpress.")
    ean = fields.Char(string="EAN", readonly=True, help="The barcode of the variant on AliExpress.")
    product_tmpl_id = fields.Many2one(related="found_id.product_tmpl_id")
    product_id = fields.Many2one(
        "product.product",
        string="Variant",
        index="btree_not_null",
        ondelete="set null",
        domain="[('product_tmpl_id', '=?', product_tmpl_id)]",
        help="Proposed by code or barcode; you may choose another.",
    )
    matched_by = fields.Selection(
        [("sku_code", "AliExpress SKU code"), ("default_code", "Internal reference"), ("barcode", "Barcode")],
        readonly=True,
        help="What the variant was recognised by.",
    )

    @api.onchange("product_id")
    def _onchange_product_id(self):
        self.matched_by = False

    def _match(self):
        """Propose the variant of each SKU: by its code, else by its barcode; several candidates are none.

        Returns the SKUs without a variant for which there were several.
        """
        shared = self.browse()
        for company, skus in self.grouped("company_id").items():
            open_skus = skus
            for matched_by, field_name, own_name, is_spaced in MATCHES:
                asked = open_skus - shared if is_spaced else open_skus
                texts = set(asked.mapped(own_name)) - {False}
                found = self._search_variants(company, field_name, texts, is_spaced) if texts else {}
                for sku in asked:
                    variants = found.get(sku[own_name], ())
                    if len(variants) == 1:
                        sku.write({"product_id": variants.id, "matched_by": matched_by})
                    elif variants:
                        shared |= sku
                open_skus = open_skus.filtered(lambda sku: not sku.product_id)
        return shared.filtered(lambda sku: not sku.product_id)

    @api.model
    def _search_variants(self, company, field_name, texts, is_spaced):
        """{text: variants} of the active variants of a company whose field is one of `texts` (set), where `is_spaced`
        with spaces at its ends.
        """
        products = self.env["product.product"]
        domain = Domain("company_id", "in", (False, company.id))
        if is_spaced:
            return products._aliexpress_search_spaced(field_name, texts, domain)
        return products.search(domain & Domain(field_name, "in", list(texts))).grouped(field_name)
