import hashlib

from odoo import fields, models
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
