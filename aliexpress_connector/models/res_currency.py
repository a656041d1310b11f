from odoo import api, models


class ResCurrency(models.Model):
    _inherit = "res.currency"

    @api.model_create_multi
    def create(self, vals_list):
        """Override to have the orders read again that wait for a currency."""
        currencies = super().create(vals_list)
        # Whoever keeps the currencies need not see the inbox.
        waiting = self.env["aliexpress.order"].sudo().search([("state", "=", "hold"), ("currency_id", "=", False)])
        if waiting:
            waiting.write({"is_detail_due": True, "retry_at": False})
            waiting._trigger_job()
        return currencies
