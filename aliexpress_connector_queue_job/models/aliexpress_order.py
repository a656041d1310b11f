from odoo import api, models
from odoo.fields import Domain
from odoo.tools import split_every

from odoo.addons.aliexpress_connector.models.aliexpress_job_mixin import CONCURRENCY_ERRORS, QUEUE_LIMIT
from odoo.addons.queue_job.exception import RetryableJobError

UNFINISHED = ("wait_dependencies", "pending", "enqueued", "started")


class AliexpressOrder(models.Model):
    """Making sale orders is most of the work with orders: each batch is a job, so that one shop's orders keep several
    machines busy. The rest of the flows needs its order of steps and commits between them, and stays in one job.
    """

    _inherit = "aliexpress.order"

    @api.model
    def _cron_fetch_orders(self):
        """Override to do it in jobs."""
        if not self.env["aliexpress.account"]._delay_flow("fetch_orders"):
            super()._cron_fetch_orders()

    @api.model
    def _cron_process_orders(self):
        """Override to do it in jobs."""
        if not self.env["aliexpress.account"]._delay_flow("process_orders"):
            super()._cron_process_orders()

    @api.model
    def _run_queue(self, domain, worker, *, order="retry_at NULLS FIRST, id", batch_size=1, **how):
        """Override to make jobs of the batches to be processed."""
        if worker != "_process" or not self.env.context.get("aliexpress_account_of_job"):
            return super()._run_queue(domain, worker, order=order, batch_size=batch_size, **how)
        orders = self.search(domain & Domain("id", "not in", self._get_ids_in_jobs()), order=order, limit=QUEUE_LIMIT)
        for ids in split_every(batch_size, orders.ids):
            self.browse(ids)._delay_processing()
        # More may be due than are looked up at once: the flow goes on with them.
        self.env["ir.cron"]._commit_progress(len(orders), remaining=int(len(orders) == QUEUE_LIMIT))

    @api.model
    def _get_ids_in_jobs(self):
        """Orders that a job will process, or is processing."""
        jobs = self.env["queue.job"].search(
            [("model_name", "=", self._name), ("method_name", "=", "_process_in_job"), ("state", "in", UNFINISHED)]
        )
        return [order_id for job in jobs for order_id in job.records.ids]

    def _delay_processing(self):
        account = self.account_id
        name = self.env.ref("aliexpress_connector.ir_cron_process_orders").name
        self.with_delay(
            channel=f"root.aliexpress.process_batch.shop{account.id}",
            identity_key=f"aliexpress process {','.join(map(str, self.ids))}",
            description=f"{name}: {account.name} ({len(self)})",
            # Stock that everybody sells is changed by others again and again, which ends.
            max_retries=0,
        )._process_in_job()

    def _process_in_job(self):
        """Process those of these orders of one shop that still are to be processed. All or nothing, and no commit."""
        orders = self.exists().try_lock_for_update(allow_referencing=True)
        orders = orders.filtered_domain(self._get_process_domain())
        if not orders:
            return
        try:
            with self.env.cr.savepoint():
                orders.with_company(orders.company_id)._process()
        except CONCURRENCY_ERRORS as error:
            # Another transaction sold the same stock first; the pauses are those of the job function.
            raise RetryableJobError("Another transaction changed the same records") from error
        except Exception as error:
            if len(orders) == 1:
                orders._set_error(error)
            for order in orders if len(orders) > 1 else ():
                order._delay_processing()
