from odoo import api, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    @api.model_create_multi
    def create(self, vals_list):
        """Override to send no mail for each activity that a job makes: the watch over shops sends one a day for all."""
        models_ = [self.env["ir.model"].sudo().browse(vals.get("res_model_id")).model or "" for vals in vals_list]
        if all(vals.get("automated") for vals in vals_list) and all(name.startswith("aliexpress.") for name in models_):
            self = self.with_context(mail_activity_quick_update=True)
        return super().create(vals_list)
