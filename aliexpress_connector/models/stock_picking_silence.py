from odoo import models


class StockPicking(models.Model):
    """Silence towards AliExpress' buyers: they hear from AliExpress, never from Odoo."""

    _inherit = "stock.picking"

    def _send_confirmation_email(self):
        """Override of `stock` to send neither mail nor SMS for AliExpress deliveries; carriers are still told."""
        silent = self.filtered("aliexpress_order_id")
        super(StockPicking, silent.with_context(skip_sms=True, aliexpress_is_silent=True))._send_confirmation_email()
        return super(StockPicking, self - silent)._send_confirmation_email()

    def message_post_with_source(self, *args, **kwargs):
        """Override of `mail`: the confirmation to the buyer is the only message posted while deliveries are silent."""
        if self.env.context.get("aliexpress_is_silent"):
            return self.env["mail.message"]
        return super().message_post_with_source(*args, **kwargs)

    def _check_warn_sms(self):
        """Override of `stock_sms` to ask no question about messages that are never sent."""
        return super(StockPicking, self.filtered(lambda picking: not picking.aliexpress_order_id))._check_warn_sms()
