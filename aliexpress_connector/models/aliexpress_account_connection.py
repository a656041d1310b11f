from weakref import WeakKeyDictionary

from odoo import api, models
from odoo.exceptions import UserError
from odoo.http import request

from ..lib import auth
from ..lib.families import FAMILIES
from ..lib.session import new_session
from ..lib.transport import DEFAULT_GATEWAY_URL, Transport
from .call_gate import CallGate

CALLBACK_PATH = "/aliexpress/callback"

# `{cursor: {gateway address: HTTP session}}`: a job or request makes its connection once, which takes longer than most
# calls.
_sessions = WeakKeyDictionary()


class AliexpressAccount(models.Model):
    """How a shop is connected: login at AliExpress, tokens, and the client that everything else calls."""

    _inherit = "aliexpress.account"

    # === CLIENT === #

    def _get_client(self):
        """The `lib.families.Family` that acts on this shop.

        Raises UserError when the shop is not connected. Finds out and remembers the family of methods at the first use,
        with one call for each family tried.
        """
        self.ensure_one()
        transport = self._get_transport()
        if not self.family:
            # Whoever makes the shop's first call finds it out for all; the shop itself they may not change.
            self.sudo().family = self._detect_family(transport)
        return FAMILIES[self.family](transport)

    def _get_transport(self, transport_class=Transport):
        # Secrets are readable by administrators only; whoever may run a job of the shop may use them, never see them.
        account = self.sudo()
        if account.state != "connected" or not account.active:
            raise UserError(
                self.env._(
                    "The shop %(name)s is not connected to AliExpress. Press Connect with AliExpress first.",
                    name=account.name,
                )
            )
        gate = CallGate(account, is_job=self._is_job())
        return account._prepare_transport(account.access_token, transport_class, gate)

    @api.model
    def _is_job(self):
        """Whether a scheduled action is at work, which can wait, not a person."""
        return bool(self.env.context.get("cron_id"))

    def _prepare_transport(self, access_token="", transport_class=Transport, gate=None):
        gateway_url = self._get_gateway_url()
        sessions = _sessions.setdefault(self.env.cr, {})
        if gateway_url not in sessions:
            sessions[gateway_url] = new_session(gateway_url)
        return transport_class(
            self.app_key or "",
            self.app_secret or "",
            access_token or "",
            gateway_url=gateway_url,
            session=sessions[gateway_url],
            gate=gate,
            on_call=self.env["aliexpress.call.count"]._get_counter(self),
            on_exchange=self.env["aliexpress.exchange"]._get_recorder(self),
        )

    @api.model
    def _get_gateway_url(self):
        # A system parameter, readable by administrators only, but every flow needs the address.
        parameters = self.env["ir.config_parameter"].sudo()
        return parameters.get_param("aliexpress_connector.gateway_url") or DEFAULT_GATEWAY_URL

    # === LOGIN === #

    def action_connect(self):
        """Send the user to AliExpress' login page, which comes back to our callback."""
        self.ensure_one()
        self.check_access("write")
        account = self.sudo()  # the key is readable by administrators only, its owner may connect without seeing it
        if not account.app_key or not account.app_secret:
            raise UserError(
                self.env._(
                    "The shop %(name)s has no application key and secret yet. An administrator enters them in "
                    "the shop's Connection page.",
                    name=account.name,
                )
            )
        url = auth.authorize_url(
            account.app_key,
            self._get_callback_url(),
            f"{self.id}-{request.csrf_token()}",
            gateway_url=self._get_gateway_url(),
        )
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def _get_callback_url(self):
        """The address to register with the application in the AliExpress developer console."""
        return self.get_base_url() + CALLBACK_PATH

    def _connect(self, code):
        """Exchange the login `code` for tokens and switch the shop on. Raises AliexpressError or UserError, and
        stores nothing then: the code is used up in one call.
        """
        self.ensure_one()
        account = self.sudo()  # stores the tokens, which the person who logged in must not read
        tokens = auth.create_tokens(account._prepare_transport(), code)
        if account.seller_ref and tokens.seller_ref and account.seller_ref != tokens.seller_ref:
            raise UserError(
                self.env._(
                    "You logged in to AliExpress as another seller than the one of the shop %(name)s. Log out at "
                    "AliExpress and connect again with the right seller, or create a new shop for this one.",
                    name=account.name,
                )
            )
        account.write(account._prepare_token_values(tokens) | {"state": "connected"})
        account.flush_recordset()

    @api.model
    def _prepare_token_values(self, tokens):
        values = {
            "access_token": tokens.access_token,
            "refresh_token": tokens.refresh_token,
            "access_token_expiry": tokens.access_token_expiry,
            "authorization_expiry": tokens.authorization_expiry or False,
        }
        # Not every answer names the seller; what is known of them stays.
        seller = {"seller_ref": tokens.seller_ref, "seller_name": tokens.seller_name}
        return values | {name: value for name, value in seller.items() if value}

    def action_disconnect(self):
        """Forget the tokens; jobs leave the shop alone until it is connected again."""
        self.check_access("write")
        # Tokens are writable by administrators only; forgetting them is allowed to whoever may connect.
        self.sudo().write(
            {"state": "draft", "access_token": False, "refresh_token": False, "access_token_expiry": False}
        )
