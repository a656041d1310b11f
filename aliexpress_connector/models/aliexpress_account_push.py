import hashlib

from odoo import api, fields, models
from odoo.tools import SQL

PUSH_PATH = "/aliexpress/push"


class AliexpressAccount(models.Model):
    """Whether a shop listens to pushed messages."""

    _inherit = "aliexpress.account"

    is_push_enabled = fields.Boolean(
        string="Listen to Push Messages",
        copy=False,
        help="Changes of orders are read within seconds of AliExpress' message. Everything works without: orders are "
        "looked up every few minutes all the same.",
    )
    push_url = fields.Char(
        string="Push Address",
        compute="_compute_push_url",
        help="Enter this address as callback of the notifications of your application in the AliExpress developer "
        "console. AliExpress must reach it from the internet by HTTPS.",
    )

    push_warning = fields.Text(
        compute="_compute_push_warning", help="Why messages that come in are refused, and what to do."
    )

    @api.depends("is_push_enabled")
    def _compute_push_warning(self):
        for account in self:
            messages = self.env["aliexpress.push.message"].search([("account_id", "=", account.id)], limit=1)
            is_refused = account.is_push_enabled and messages.state == "refused"
            account.push_warning = is_refused and self.env._(
                "A message came in that the application of %(name)s did not sign, and none that it signed came after "
                "it. If orders change and none is noted, enter the application secret again.",
                name=account.name,
            )

    def _compute_push_url(self):
        for account in self:
            account.push_url = account.get_base_url() + PUSH_PATH

    def _store_push(self, body, message, now, state):
        """Store a signed message once; return whether it is new. `now`: naive UTC."""
        self.ensure_one()
        return bool(
            self.env.execute_query(
                SQL(
                    """INSERT INTO aliexpress_push_message
                                   (account_id, company_id, date, digest, kind, order_ref, state)
                            VALUES (%s, %s, %s, %s, %s, %s, %s)
                       ON CONFLICT (account_id, digest) DO NOTHING RETURNING id""",
                    self.id,
                    self.company_id.id,
                    now,
                    hashlib.sha256(body).hexdigest(),
                    message.kind,
                    message.order_ref,
                    state,
                )
            )
        )
