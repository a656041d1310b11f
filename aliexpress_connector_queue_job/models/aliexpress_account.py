import random

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.queue_job.exception import RetryableJobError

from .ir_cron import FlowRun

# The model and the switch of the shop that each flow belongs to. A flow is named after its scheduled action; one that
# has no switch does several things that have their own.
FLOWS = {
    "fetch_orders": ("aliexpress.order", "sync_orders"),
    "process_orders": ("aliexpress.order", "sync_orders"),
    "push_shipments": ("aliexpress.shipment", "sync_shipments"),
    "publish_listings": ("aliexpress.listing", None),
    "refresh_listings": ("aliexpress.listing", None),
    "push_offers": ("aliexpress.listing", "sync_offers"),
}
# Then other shops have their turn: what is left goes on in the same job, behind theirs.
RUN_SECONDS = 60
CONTINUE_SECONDS = 1
# Nothing could be done although something is due: others are at work on the records, or on the flow.
BLOCKED_SECONDS = 20


class AliexpressAccount(models.Model):
    """A scheduled action only makes the jobs: one for each shop, at most one of a flow and shop at a time."""

    _inherit = "aliexpress.account"

    @api.model
    def _get_due_domain(self, flow, calls_gateway=True):
        """Override: a job works for one shop."""
        domain = super()._get_due_domain(flow, calls_gateway)
        account_id = self.env.context.get("aliexpress_account_of_job")
        return domain & Domain("id", "=", account_id) if account_id else domain

    @api.model
    def _is_job(self):
        """Override: a queue job can wait as well."""
        return super()._is_job() or bool(self.env.context.get("job_uuid"))

    @api.model
    def _delay_flow(self, flow):
        """Make a job of `flow` for each shop that has none waiting; return False inside such a job, which does it."""
        context = self.env.context
        if context.get("aliexpress_account_of_job") or context.get("queue_job__no_delay"):
            return False
        _model, switch = FLOWS[flow]
        name = self.env.ref(f"aliexpress_connector.ir_cron_{flow}").name
        for account in self.search(self._get_due_domain(switch, calls_gateway=False)):
            account.with_delay(
                channel=f"root.aliexpress.{flow}.shop{account.id}",
                identity_key=account._get_flow_key(flow),
                description=f"{name}: {account.name}",
                # The records know what is wrong and when to go on; the job is only somebody's time.
                max_retries=0,
            )._run_flow(flow)
        return True

    def _get_flow_key(self, flow):
        return f"aliexpress {flow} {self.id}"

    def _run_flow(self, flow):
        """Do for this shop what the scheduled action would, as long as there is something to do; the job may commit.

        What goes wrong stands at the records and in their `retry_at`, as always.
        """
        self.ensure_one()
        self._check_alone(flow)
        model, _switch = FLOWS[flow]
        run = FlowRun(RUN_SECONDS)
        records = self.env[model].with_context(aliexpress_account_of_job=self.id, aliexpress_run_of_job=run)
        while True:
            run.begin()
            getattr(records, f"_cron_{flow}")()
            has_time = records.env["ir.cron"]._commit_progress() > 0
            if not run.remaining:
                return
            if not run.done or not has_time:
                break
        pause = CONTINUE_SECONDS if run.done else BLOCKED_SECONDS
        raise RetryableJobError(f"{run.remaining} are left", seconds=pause, ignore_retry=True)

    def _check_alone(self, flow):
        """Come back later while another job works on the same: steps of a flow count on being alone with their shop."""
        running = [
            ("identity_key", "=", self._get_flow_key(flow)),
            ("state", "=", "started"),
            ("uuid", "!=", self.env.context.get("job_uuid")),
        ]
        if self.env["queue.job"].search_count(running, limit=1):
            # Two that began in the same instant do not meet again.
            pause = random.randint(BLOCKED_SECONDS // 2, BLOCKED_SECONDS * 2)
            raise RetryableJobError("Another job is at it", seconds=pause, ignore_retry=True)
