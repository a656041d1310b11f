from datetime import timedelta

from odoo import api, fields, models

from ..lib.push import PushMessage, is_signed, read_push
from .aliexpress_job_mixin import CONCURRENCY_ERRORS

# AliExpress repeats a message for hours until it is answered; what is older, or comes twice, is nobody's news.
MAX_AGE = timedelta(days=1)
MAX_AHEAD = timedelta(hours=1)
KEPT = timedelta(days=3)
BATCH = 500


class AliexpressPushMessage(models.Model):
    """A message AliExpress pushed. It makes the order be read again; its content is neither believed nor stored."""

    _name = "aliexpress.push.message"
    _description = "AliExpress Push Message"
    _order = "id desc"
    _rec_name = "order_ref"

    account_id = fields.Many2one("aliexpress.account", string="Shop", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="account_id.company_id", store=True, index=True)
    date = fields.Datetime(string="Received", required=True, readonly=True, help="When the message came in.")
    digest = fields.Char(required=True, readonly=True)
    kind = fields.Char(readonly=True, help="AliExpress' number for the kind of message.")
    order_ref = fields.Char(string="Order Number", readonly=True)
    state = fields.Selection(
        [("new", "To look at"), ("done", "Done"), ("ignored", "Ignored"), ("refused", "Refused")],
        required=True,
        readonly=True,
        help="Ignored: a message of another seller, of a kind that is not about orders, or in a form not known here. "
        "Refused: no application here signed it; one an hour is noted.",
    )

    _digest_uniq = models.UniqueIndex("(account_id, digest)", "This message was received already.")
    _new_idx = models.Index("(account_id) WHERE state = 'new'")

    # === RECEIVE === #

    @api.model
    def _receive(self, body, signature):
        """Take the bytes `body` of a message; return whether its `signature` (text) is that of an application here.

        A repeated, old or unknown message is taken as well: there is nothing AliExpress should do about it.
        """
        # Only administrators read keys and secrets; the sender of a message is nobody here.
        accounts = self.env["aliexpress.account"].sudo().search([("is_push_enabled", "=", True)])
        applications = {(account.app_key or "", account.app_secret) for account in accounts if account.app_secret}
        # All are compared: the time taken tells nothing.
        signers = [key for key, secret in sorted(applications) if is_signed(key, secret, body, signature)]
        now = fields.Datetime.now()
        message = read_push(body)
        if not signers:
            self._note_refused(accounts, message, now)
            return False
        accounts = accounts.filtered(lambda account: account.app_key in signers)
        is_news = not message.sent_at or now - MAX_AGE < message.sent_at < now + MAX_AHEAD
        if is_news and self._store_message(accounts, body, message, now):
            self.env["ir.cron"]._aliexpress_wake("ir_cron_fetch_orders")
        return True

    @api.model
    def _note_refused(self, accounts, message, now):
        """Note once an hour that a message was not signed by an application of `accounts`: anybody can send those."""
        meant = accounts.filtered(lambda account: account.seller_ref and account.seller_ref == message.seller_ref)
        for account in (meant or accounts)[:1]:
            hour = f"refused {now:%Y-%m-%d %H}".encode()
            account._store_push(hour, PushMessage(kind=message.kind), now, "refused")

    @api.model
    def _store_message(self, accounts, body, message, now):
        """Store a message signed by the application of `accounts`; return whether it is new and there is work to do.

        One of a seller who has no shop here is counted at the first shop, and ignored.
        """
        account = accounts.filtered(lambda account: account.seller_ref == message.seller_ref)[:1]
        # Who the seller of a shop is becomes known when its tokens are renewed, and a message may name it otherwise:
        # then the order tells. One that no shop has yet is in the list that is read next, wherever it is counted.
        account = account or self._find_owner(accounts, message)
        state = "new" if account and message.order_ref else "ignored"
        return (account or accounts[0])._store_push(body, message, now, state) and state == "new"

    @api.model
    def _find_owner(self, accounts, message):
        """The one of `accounts` that has the order of the message, else the first whose seller is not known."""
        domain = [("account_id", "in", accounts.ids), ("order_ref", "=", message.order_ref)]
        # The sender of a message is nobody here.
        order = self.env["aliexpress.order"].sudo().search(domain, limit=1) if message.order_ref else None
        return order.account_id if order else accounts.filtered(lambda account: not account.seller_ref)[:1]

    # === JOB === #

    @api.model
    def _take_messages(self):
        """Have the orders read again that messages are about; only for `_cron_*` methods. Calls nothing.

        Orders not known yet need nothing: the list that is read next has them.
        """
        Account, Order = self.env["aliexpress.account"], self.env["aliexpress.order"]
        due = Order._get_due_domain("sync_orders", calls_gateway=False)
        # Those of other shops stay until these are worked for.
        accounts = Account.search(Account._get_due_domain("sync_orders", calls_gateway=False))
        waiting = [("state", "=", "new"), ("account_id", "in", accounts.ids)]
        try:
            for account, messages in self.search(waiting, limit=BATCH).grouped("account_id").items():
                numbers = messages.mapped("order_ref")
                orders = Order.search([("account_id", "=", account.id), ("order_ref", "in", numbers)])
                # What somebody works on at this moment is taken next time.
                free = orders.try_lock_for_update(allow_referencing=True)
                free.filtered_domain(due).with_context(tracking_disable=True).write({"is_detail_due": True})
                busy = set((orders - free).mapped("order_ref"))
                messages.filtered(lambda message, busy=busy: message.order_ref not in busy).state = "done"
            self.env["ir.cron"]._commit_progress()
        except CONCURRENCY_ERRORS:
            self.env.cr.rollback()

    @api.model
    def _remove_old(self):
        """Forget messages that could not come again."""
        self.search([("date", "<", fields.Datetime.now() - KEPT)]).unlink()
