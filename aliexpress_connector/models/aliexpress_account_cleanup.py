from odoo import api, fields, models


class AliexpressAccount(models.Model):
    """How long a shop keeps what it will not need any more."""

    _inherit = "aliexpress.account"

    personal_data_days = fields.Integer(
        string="Erase Buyers' Data After (days)",
        default=365,
        help="So many days after an order is closed, the name, address, phone and notes of its buyer are erased. "
        "Amounts stay, and so do the name and address on invoices. Zero never erases by itself; Erase AliExpress Data "
        "on the contact always does.",
    )

    exchange_days = fields.Integer(
        string="Keep Exchanges (days)",
        default=30,
        help="How long it is kept what was last sent and answered about each order and product, masked, for questions "
        "to AliExpress' support. Zero keeps nothing.",
    )

    @api.model
    def _cron_cleanup(self):
        """Add up the call counts of the days that are over, and erase what is no longer needed: what is kept for
        support only, and personal data.
        """
        self.env["aliexpress.call.count"]._merge_rows()
        self.env["ir.cron"]._commit_progress()
        self.env["aliexpress.push.message"]._remove_old()
        self.env["aliexpress.exchange"]._remove_old()
        self.env["ir.cron"]._commit_progress()
        self.env["aliexpress.order"]._erase_due()
