from odoo import api, models


class IrCron(models.Model):
    """Waking the scheduled actions of this addon."""

    _inherit = "ir.cron"

    @api.model
    def _aliexpress_wake(self, name, at=None):
        """Let the scheduled action with the XML id `name` of this addon run within seconds, or `at` a time (UTC).

        One that was deleted is left alone: the work of people must not fail for it.
        """
        job = self.env.ref(f"aliexpress_connector.{name}", raise_if_not_found=False)
        if job:
            # People may not read scheduled actions; waking one reveals nothing.
            job.sudo()._trigger(at=at)
