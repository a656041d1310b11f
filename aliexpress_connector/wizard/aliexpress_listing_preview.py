from odoo import Command, api, fields, models

from ..models.error_messages import told_at_once
from ..models.listing_preview import make_lines


class AliexpressListingPreview(models.TransientModel):
    """Shows what will be sent for a listing, and how it differs from what AliExpress has."""

    _name = "aliexpress.listing.preview"
    _description = "AliExpress Listing Preview"

    listing_id = fields.Many2one("aliexpress.listing", required=True, readonly=True)
    is_compared = fields.Boolean(readonly=True)
    line_ids = fields.One2many("aliexpress.listing.preview.line", "preview_id", readonly=True)
    difference_count = fields.Integer(compute="_compute_difference_count")

    @api.depends("line_ids.is_different")
    def _compute_difference_count(self):
        for preview in self:
            preview.difference_count = len(preview.line_ids.filtered("is_different"))

    @api.model
    def _open_for(self, listing):
        """The action that shows the preview of one listing; reads AliExpress where the listing is there."""
        detail = None
        if listing.product_ref:
            with told_at_once(self.env):
                detail = listing.account_id._get_client().get_product(listing.product_ref)
        # The SKU lines follow the variants by themselves; whoever may see the listing may see what they will be.
        listing.sudo()._sync_skus()
        content = listing._prepare_contents()[listing.id]
        lines = [self._prepare_line_values(line) for line in make_lines(listing, content, detail)]
        preview = self.create(
            {"listing_id": listing.id, "is_compared": bool(detail), "line_ids": [*map(Command.create, lines)]}
        )
        return preview._get_records_action(
            name=self.env._("Preview of %(name)s", name=listing.display_name), target="new", context={}
        )

    @api.model
    def _prepare_line_values(self, line):
        return {
            "section": line.section,
            "parts": ",".join(line.parts),
            "label": line.label,
            "wanted": line.wanted,
            "present": line.present,
            "is_different": line.is_different,
        }

    def action_send(self):
        """Send the listing as shown, also what AliExpress acknowledged or had before it was linked."""
        different = self.line_ids.filtered(lambda line: line.is_different and line.parts)
        self.listing_id._confirm_sections({part for line in different for part in line.parts.split(",")})
        self.listing_id.action_send()
        return {"type": "ir.actions.act_window_close"}


class AliexpressListingPreviewLine(models.TransientModel):
    """One fact of the preview."""

    _name = "aliexpress.listing.preview.line"
    _description = "AliExpress Listing Preview Line"

    preview_id = fields.Many2one("aliexpress.listing.preview", required=True, ondelete="cascade")
    section = fields.Char()
    parts = fields.Char()  # the sections of the listing's content that are sent for it, with commas
    label = fields.Char(string="Field")
    wanted = fields.Text(string="Will Be Sent")
    present = fields.Text(string="On AliExpress")
    is_different = fields.Boolean(string="Differs")
