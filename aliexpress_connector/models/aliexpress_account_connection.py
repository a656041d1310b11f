import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Domain
from odoo.http import request

from ..lib import auth
from ..lib.errors import AUTHORISATION, PERMISSION, TOKEN, AliexpressError, FixError, ReconnectError
from ..lib.families import FAMILIES
from ..lib.transport import DEFAULT_GATEWAY_URL, Transport
from .error_messages import describe_error

_logger = logging.getLogger(__name__)

CALLBACK_PATH = "/aliexpress/callback"


class AliexpressAccount(models.Model):
    """How a shop is connected: login at AliExpress, tokens, and the client that everything else calls."""

    _inherit = "aliexpress.account"

    token_renewal_date = fields.Datetime(
        compute="_compute_token_renewal_date",
        store=True,
        help="When two thirds of the access token's life have passed; then it is renewed without anybody noticing.",
    )

    @api.depends("access_token_expiry")
    def _compute_token_renewal_date(self):
        now = fields.Datetime.now()
        for account in self:
            expiry = account.access_token_expiry
            account.token_renewal_date = expiry and now + max(expiry - now, timedelta()) * 2 / 3

    # === CLIENT === #

    def _get_client(self):
        """The `lib.families.Family` that acts on this shop.

        Raises UserError when the shop is not connected. Finds out and remembers the family of methods at the first use, with one call
        for each family tried.
        """
        self.ensure_one()
        transport = self._get_transport()
        if not self.family:
            self.family = self._detect_family(transport)
        return FAMILIES[self.family](transport)

    def _get_transport(self):
        # Secrets are readable by administrators only; whoever may run a job of the shop may use them, never see them.
        account = self.sudo()
        if account.state != "connected" or not account.active:
            raise UserError(
                self.env._("The shop %(name)s is not connected to AliExpress. Press Connect with AliExpress first.", name=account.name)
            )
        return account._prepare_transport(account.access_token)

    def _prepare_transport(self, access_token=""):
        return Transport(
            self.app_key or "",
            self.app_secret or "",
            access_token or "",
            gateway_url=self._get_gateway_url(),
            on_call=self.env["aliexpress.call.count"]._get_counter(self),
        )

    @api.model
    def _get_gateway_url(self):
        # A system parameter, readable by administrators only, but every flow needs the address.
        parameters = self.env["ir.config_parameter"].sudo()
        return parameters.get_param("aliexpress_connector.gateway_url") or DEFAULT_GATEWAY_URL

    def _detect_family(self, transport):
        """Name of the first family whose methods the application may call; raises FixError(PERMISSION) when there is none."""
        for name, family in FAMILIES.items():
            try:
                family(transport).probe()
            except FixError as error:
                if error.reason != PERMISSION:
                    raise
                refusal = error
            else:
                return name
        raise refusal

    # === LOGIN === #

    def action_connect(self):
        """Send the user to AliExpress' login page, which comes back to our callback."""
        self.ensure_one()
        self.check_access("write")
        account = self.sudo()  # the key is readable by administrators only, its owner may connect without seeing it
        if not account.app_key or not account.app_secret:
            raise UserError(
                self.env._(
                    "The shop %(name)s has no application key and secret yet. An administrator enters them in the shop's Connection page.",
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
        """Exchange the login `code` for tokens and switch the shop on. Raises AliexpressError or UserError, and stores nothing then."""
        self.ensure_one()
        account = self.sudo()  # stores the tokens, which the person who logged in must not read
        tokens = auth.create_tokens(account._prepare_transport(), code)
        if account.seller_ref and account.seller_ref != tokens.seller_ref:
            raise UserError(
                self.env._(
                    "You logged in to AliExpress as another seller than the one of the shop %(name)s. Log out at AliExpress and connect "
                    "again with the right seller, or create a new shop for this one.",
                    name=account.name,
                )
            )
        family = account._detect_family(account._prepare_transport(tokens.access_token))
        account.write(account._prepare_token_values(tokens) | {"state": "connected", "family": family})

    @api.model
    def _prepare_token_values(self, tokens):
        return {
            "access_token": tokens.access_token,
            "refresh_token": tokens.refresh_token,
            "access_token_expiry": tokens.access_token_expiry,
            "authorization_expiry": tokens.authorization_expiry,
            "seller_ref": tokens.seller_ref,
            "seller_name": tokens.seller_name,
        }

    def action_disconnect(self):
        """Forget the tokens; jobs leave the shop alone until it is connected again."""
        self.check_access("write")
        # Tokens are writable by administrators only; forgetting them is allowed to whoever may connect.
        self.sudo().write({"state": "draft", "access_token": False, "refresh_token": False, "access_token_expiry": False})

    # === TOKENS === #

    def _recover_access(self, error):
        """Renew the token that `error` (a ReconnectError) refused; return whether calls may go on. The transaction must be fresh."""
        self.ensure_one()
        if error.reason != TOKEN:
            return self._renew_tokens(refused_for_good=error)
        return self._renew_tokens(used_token=self.sudo().access_token)  # compared only, never shown

    def _renew_tokens(self, used_token=None, refused_for_good=None):
        """Renew the tokens in a transaction of their own: what AliExpress has issued survives whatever the caller does.

        :param str used_token: the token that was refused; when another holder has already replaced it, nothing is called
        :return: whether the shop has a token that should work; False as well while another holder is renewing
        """
        with self.env.registry.cursor() as cr:
            account = self.with_env(self.env(cr=cr)).sudo()  # tokens are readable by administrators only
            try:
                # One holder at a time: a second refresh with the same refresh token would burn it.
                account.lock_for_update(allow_referencing=True)
            except LockError:
                return False
            if account.state != "connected" or not account.active:
                return False
            if used_token and account.access_token != used_token:
                is_renewed = True
            else:
                is_renewed = account._refresh_tokens(refused_for_good)
        self.invalidate_recordset()
        return is_renewed

    def _refresh_tokens(self, refused_for_good):
        try:
            if refused_for_good or not self.refresh_token:
                raise refused_for_good or ReconnectError(AUTHORISATION)
            tokens = auth.refresh_tokens(self._prepare_transport(), self.refresh_token)
        except ReconnectError as error:
            self._expire(error)
        except AliexpressError as error:
            self._postpone(error)
        else:
            values = self._prepare_token_values(tokens)
            if self.seller_ref:
                # The seller of a shop never changes by a renewal.
                values.pop("seller_ref")
            self.write(values)
            return True
        return False

    def _expire(self, error):
        """Pause the shop until a person connects it again, and ask the responsible person to."""
        message_env = self._get_message_env()
        self.write({"state": "expired", "error": describe_error(message_env, error)})
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=message_env._("Connect %(name)s with AliExpress again", name=self.name),
            note=describe_error(message_env, error),
            user_id=self.user_id.id or self.env.user.id,
        )

    @api.model
    def _cron_refresh_tokens(self):
        """Renew the tokens of every shop when two thirds of their life have passed."""
        domain = self._get_due_domain(None) & Domain("token_renewal_date", "<=", fields.Datetime.now())
        accounts = self.search(domain)
        commit_progress = self.env["ir.cron"]._commit_progress
        commit_progress(remaining=len(accounts))
        for account in accounts:
            try:
                account._renew_tokens()
            except Exception:
                # One shop's fault must not keep the tokens of the others from being renewed.
                self.env.cr.rollback()
                _logger.exception("Renewing the tokens of shop %s failed", account.id)
            if not commit_progress(1):
                break
