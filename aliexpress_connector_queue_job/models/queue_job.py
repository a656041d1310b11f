from odoo import api, models
from odoo.fields import Domain

REMOVE_AT_ONCE = 1000


class QueueJob(models.Model):
    _inherit = "queue.job"

    @api.autovacuum
    def _gc_aliexpress_jobs(self):
        """Delete the ended jobs of this addon after the removal interval of the channel above theirs: `queue_job` knows
        the intervals of channels that have a record, and the jobs' own have none.

        Returns how many were deleted, and whether there are more, as the scheduled action wants it.
        """
        parent = self.env.ref("aliexpress_connector_queue_job.channel_aliexpress")
        days = parent.removal_interval
        below = f"{parent.complete_name}.%"
        known = self.env["queue.job.channel"].search([("complete_name", "=like", below)])
        domain = Domain("channel", "=like", below) & Domain("channel", "not in", known.mapped("complete_name"))
        domain &= Domain("date_done", "<=", f"-{days}d") | Domain("date_cancelled", "<=", f"-{days}d")
        jobs = self.search(domain, limit=REMOVE_AT_ONCE + 1)
        # Nobody may delete jobs by hand.
        jobs[:REMOVE_AT_ONCE].sudo().unlink()
        return len(jobs[:REMOVE_AT_ONCE]), len(jobs) > REMOVE_AT_ONCE
