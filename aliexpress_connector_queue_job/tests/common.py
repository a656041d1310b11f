from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import Job


class JobRunner:
    """Runs flows as the job runner would; for test cases with a shop `self.account`."""

    def run_flow(self, flow):
        """Run the body of the shop's job of a flow."""
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.account.with_env(self.env(cr=cr))._run_flow(flow)
        self.env.invalidate_all()

    def run_jobs(self, flow):
        """Run the scheduled action of a flow, then the jobs it made, to their end; returns how many these were."""
        with self.enter_registry_test_mode():
            self.env.ref(f"aliexpress_connector.ir_cron_{flow}").method_direct_trigger()
        waiting = [("method_name", "=", "_run_flow"), ("channel", "like", f".{flow}."), ("state", "=", "pending")]
        jobs = self.env["queue.job"].search(waiting)
        for uuid in jobs.mapped("uuid"):
            # A job that says that something is left comes back.
            while not self._perform(uuid):
                continue
        self.env.invalidate_all()
        return len(jobs)

    def _perform(self, uuid):
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            job = Job.load(self.env(cr=cr), uuid)
            job.set_started()
            job.store()
            try:
                job.perform()
            except RetryableJobError as error:
                job.postpone(seconds=error.seconds)
                job.set_pending(reset_retry=False)
                job.store()
                return False
            job.set_done()
            job.store()
            return True
