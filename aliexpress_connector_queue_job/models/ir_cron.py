import time

from odoo import api, models


class FlowRun:
    """How far a flow has come that runs as a job: what the scheduler would keep of a run of its own.

    :param float seconds: after this time the flow is asked to end
    """

    def __init__(self, seconds):
        self._end = time.monotonic() + seconds
        self.begin()

    def begin(self):
        """The flow is called (again)."""
        self.done = self.remaining = 0

    def count(self, processed, remaining):
        """Take in what `_commit_progress` was told; returns the seconds that are left."""
        self.done += processed
        self.remaining = max(self.remaining - processed, 0) if remaining is None else remaining
        return max(self._end - time.monotonic(), 0)


class IrCron(models.Model):
    _inherit = "ir.cron"

    @api.model
    def _commit_progress(self, processed=0, *, remaining=None, deactivate=False):
        """Override: a flow that runs as a job has its own time limit and tells nobody but its job what is left."""
        run = self.env.context.get("aliexpress_run_of_job")
        if run is None:
            return super()._commit_progress(processed, remaining=remaining, deactivate=deactivate)
        super()._commit_progress()
        return run.count(processed, remaining)
