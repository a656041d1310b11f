from odoo import fields, models
from odoo.exceptions import UserError


class AliexpressListingDelete(models.TransientModel):
    """Asks once more before listings are deleted on AliExpress for good."""

    _name = "aliexpress.listing.delete"
    _description = "Delete Listings on AliExpress"

    listing_ids = fields.Many2many("aliexpress.listing", readonly=True, required=True)
    is_understood = fields.Boolean(string="I know that reviews, ratings and history are lost for good")

    def action_delete(self):
        """Have the listings deleted on AliExpress."""
        self.ensure_one()
        if not self.is_understood:
            raise UserError(
                self.env._(
                    "Tick the box first. To stop selling and keep the reviews, take the listings off the shelf instead."
                )
            )
        self.listing_ids.action_delete()
        return {"type": "ir.actions.act_window_close"}
