from odoo import api, fields, models


class AliexpressListing(models.Model):
    """A product template offered in a shop."""

    _name = "aliexpress.listing"
    _description = "AliExpress Listing"
    _inherit = ["aliexpress.job.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"

    product_tmpl_id = fields.Many2one(
        "product.template", string="Product", required=True, index=True, ondelete="restrict", check_company=True
    )
    name = fields.Char(related="product_tmpl_id.name")
    product_ref = fields.Char(string="AliExpress Product", copy=False, index="btree_not_null")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("pending", "To send"),
            ("auditing", "In review"),
            ("online", "Online"),
            ("offline", "Off the shelf"),
            ("rejected", "Rejected"),
            ("error", "Error"),
        ],
        default="draft",
        required=True,
        copy=False,
        index=True,
        tracking=True,
    )
    sku_ids = fields.One2many("aliexpress.listing.sku", "listing_id", string="SKUs", copy=False)

    _product_uniq = models.UniqueIndex(
        "(account_id, product_ref) WHERE product_ref IS NOT NULL", "This AliExpress product is already linked in this shop."
    )
    _template_uniq = models.UniqueIndex("(account_id, product_tmpl_id)", "This product already has a listing in this shop.")

    def _trigger_job(self):
        # Waking a scheduled action reveals nothing, but people may not read them.
        self.env.ref("aliexpress_connector.ir_cron_publish_listings").sudo()._trigger()

    @api.model
    def _cron_publish_listings(self):
        """Create, update and retire listings."""

    @api.model
    def _cron_refresh_listings(self):
        """Read back what AliExpress has."""
