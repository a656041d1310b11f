from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..lib.errors import UNREADABLE, FixError
from .error_messages import describe_error
from .shop_run import SHOP_REASONS, UNREADABLE_PAUSE

CANCEL_ACTIVITY = "aliexpress_connector.mail_activity_type_cancel_request"


class AliexpressOrder(models.Model):
    """A buyer's request to cancel: a person decides, a job answers AliExpress."""

    _inherit = "aliexpress.order"

    cancel_decision = fields.Selection(
        [("accept", "Accept"), ("refuse", "Refuse")],
        readonly=True,
        copy=False,
        tracking=True,
        help="What a person decided about the buyer's request to cancel. It is sent to AliExpress by a job.",
    )
    cancel_memo = fields.Text(string="Reason for the Buyer", readonly=True, copy=False)
    cancel_problem = fields.Text(readonly=True, copy=False, help="Why AliExpress did not take the last answer.")

    _cancel_decision_idx = models.Index("(account_id) WHERE cancel_decision IS NOT NULL")

    # === ACTIONS === #

    def action_accept_cancellation(self):
        """Decide to accept; AliExpress is told by the job within seconds."""
        self._decide_cancellation("accept")

    def action_refuse_cancellation(self):
        """Ask for the reason that the buyer will read."""
        self.ensure_one()
        self._check_decision()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refuse Cancellation"),
            "res_model": "aliexpress.cancel.refuse",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def _decide_cancellation(self, decision, memo=False):
        self._check_decision()
        for order in self:
            if order.stage != "cancel_requested":
                raise UserError(
                    self.env._(
                        "The buyer of order %(number)s does not ask to cancel any more. Refresh the order.",
                        number=order.order_ref,
                    )
                )
        # Salespeople decide about the sale orders they may change; the inbox itself is written by jobs only.
        values = {"cancel_decision": decision, "cancel_memo": memo, "cancel_problem": False}
        self.sudo().write(values | {"error": False, "retry_at": False})
        self._trigger_job()

    # === JOB === #

    @api.model
    def _answer_cancellations(self):
        """Send the decisions of people; only for `_cron_*` methods."""
        domain = self._get_due_domain("sync_orders") & Domain("cancel_decision", "!=", False)
        self._run_queue(domain, "_answer_cancellation")

    def _answer_cancellation(self):
        """Answer AliExpress, after reading whether the buyer still asks: the answer may already have been given, here
        or there.
        """
        self.ensure_one()
        decision, memo = self.cancel_decision, self.cancel_memo
        self._refresh_from_aliexpress()
        if self.stage == "cancel_requested":
            client = self.account_id._get_client()
            try:
                if decision == "accept":
                    client.accept_cancel(self.order_ref, self.buyer_ref or "")
                else:
                    client.refuse_cancel(self.order_ref, self.buyer_ref or "", memo or "")
            except FixError as error:
                if error.reason in SHOP_REASONS:
                    raise
                message = describe_error(self.account_id._get_message_env(), error)
                if error.reason == UNREADABLE:
                    # It may have been taken: answered again only where the buyer still asks by then.
                    retry_at = fields.Datetime.now() + timedelta(seconds=UNREADABLE_PAUSE)
                    self.write({"error": message, "retry_at": retry_at})
                else:
                    # Nothing was answered: the request stays open, with the reason why, and a person decides again.
                    self.write({"cancel_decision": False, "cancel_problem": message})
                return
            self.is_detail_due = True
        self.write({"cancel_decision": False, "cancel_memo": False})

    # === ACTIVITY === #

    def _schedule_cancel_activities(self):
        """One activity for each open request, with AliExpress' deadline; none once the request is gone."""
        asked = self.filtered(lambda order: order.stage == "cancel_requested")
        with_activity = (self - asked).filtered("activity_ids")
        if with_activity:
            with_activity.activity_unlink([CANCEL_ACTIVITY])
        for order in asked:
            if order.activity_search([CANCEL_ACTIVITY]):
                continue
            message_env = order.account_id._get_message_env()
            order._schedule_task(
                CANCEL_ACTIVITY,
                summary=message_env._("Accept or refuse the cancellation of %(number)s", number=order.order_ref),
                note=order.hold_reason or "",
                date_deadline=fields.Date.to_date(order.status_deadline) or fields.Date.today(),
            )
