import math
from contextlib import suppress
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import LockError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ..lib import auth
from ..lib.errors import (
    AUTHORISATION,
    REFUSED,
    TOKEN,
    UNREADABLE,
    AliexpressError,
    FixError,
    ReconnectError,
)
from ..lib.signing import fingerprint
from .aliexpress_account import CONCURRENCY_ERRORS
from .error_messages import describe_error
from .private_log import get_logger

_logger = get_logger(__name__)

AUTHORISATION_ACTIVITY = "aliexpress_connector.mail_activity_type_authorisation"
# Days before only a person can renew the authorisation at which the responsible person hears of it.
WARNING_DAYS = (14, 7, 3, 1)
# Stands for days when they hear that it has ended.
EXPIRED = -1
# Even tokens of the shortest life, a day, are in the last third of it then; of provisioned ones nobody knows how old
# they are.
LAST_THIRD = timedelta(hours=8)
# So much left of a token that cannot be renewed is used up before a person must log in.
WORTH_USING = timedelta(days=1)
# A shop whose renewed token is refused at its first use, or whose renewal is, is left alone for this time.
RENEWAL_PAUSE = timedelta(hours=1)
# Refusals nobody knows how to mend, and for how long they are hoped to pass before a person must log in.
STRANGE_REASONS = {REFUSED, UNREADABLE}
PATIENCE = timedelta(hours=6)


class AliexpressAccount(models.Model):
    """How the authorisation of a shop is kept: tokens renewed ahead of time, people warned where only they can."""

    _inherit = "aliexpress.account"

    token_renewal_date = fields.Datetime(
        compute="_compute_token_renewal_date",
        store=True,
        help="When two thirds of the access token's life have passed; then it is renewed without anybody noticing.",
    )
    token_renewed_date = fields.Datetime(
        string="Token Renewed", readonly=True, copy=False, help="When the access token was last renewed."
    )
    renewal_refused_date = fields.Datetime(
        readonly=True, copy=False, help="Since when AliExpress refuses to renew the access token."
    )
    authorization_warned_days = fields.Integer(
        readonly=True,
        copy=False,
        help="The responsible person was warned this many days before the authorisation ends.",
    )
    connection_warning = fields.Text(
        compute="_compute_connection_warning", help="Why the shop stands still, or soon will, and what to do."
    )

    # === COMPUTE METHODS === #

    @api.depends("access_token_expiry")
    def _compute_token_renewal_date(self):
        now = fields.Datetime.now()
        for account in self:
            expiry = account.access_token_expiry
            account.token_renewal_date = expiry and min(
                now + max(expiry - now, timedelta()) * 2 / 3, expiry - LAST_THIRD
            )

    @api.depends("state", "authorization_expiry", "active", "name")
    def _compute_connection_warning(self):
        for account in self:
            account.connection_warning = account.active and account._describe_connection() or False

    def _describe_connection(self):
        """Translated text for people when the shop is, or soon will be, without authorisation; "" when all is well."""
        if self.state == "expired":
            return self.env._(
                "AliExpress does not accept the authorisation of the shop %(name)s any more: nothing is imported and "
                "nothing is sent. Open the shop and press Connect with AliExpress. All that happened meanwhile is "
                "caught up then.",
                name=self.name,
            )
        days = self._get_authorisation_days()
        if self.state != "connected" or days is None or days > WARNING_DAYS[0]:
            return ""
        if days > 1:
            return self.env._(
                "The authorisation of the shop %(name)s ends in %(days)s days and cannot be prolonged by itself. Open "
                "the shop and press Connect with AliExpress before, so that nothing stops.",
                name=self.name,
                days=days,
            )
        return self.env._(
            "The authorisation of the shop %(name)s ends within a day and cannot be prolonged by itself. Open the shop "
            "and press Connect with AliExpress now, so that nothing stops.",
            name=self.name,
        )

    def _get_authorisation_days(self):
        """Days (int, at least 0) until a person must connect the shop again; None when AliExpress did not tell."""
        if not self.authorization_expiry:
            return None
        left = self.authorization_expiry - fields.Datetime.now()
        return max(math.ceil(left / timedelta(days=1)), 0)

    # === CRUD === #

    def write(self, vals):
        """Override to end what was asked of people when a shop is connected again."""
        if vals.get("state") != "connected":
            return super().write(vals)
        fresh = {"token_renewed_date": False, "renewal_refused_date": False, "authorization_warned_days": 0}
        result = super().write(fresh | vals)
        self._end_asking_to_connect()
        return result

    # === RENEWAL === #

    def _recover_access(self, error, is_repeated=False):
        """Renew the token that `error` (a ReconnectError) refused; return whether calls may go on.

        Only for `_cron_*` methods: the transaction must be fresh, and is ended. With `is_repeated` the work was already
        done again: then the next run goes on, after a pause where the renewed token was refused at its first use.
        """
        self.ensure_one()
        if is_repeated:
            if error.reason == TOKEN and not error.was_accepted:
                self._postpone(error, RENEWAL_PAUSE)
            return False
        try:
            is_usable = self._renew_tokens(error)
        except Exception:
            self.env.cr.rollback()
            # One shop's fault must not end the job that works for the others.
            _logger.exception("Renewing the tokens of shop %s failed", self.id)
            is_usable = False
        # A transaction goes on seeing the token that was valid when it began.
        self.env["ir.cron"]._commit_progress()
        return is_usable

    def _renew_tokens(self, error=None):
        """Renew the tokens in a transaction of their own: what AliExpress has issued survives whatever the caller does.

        :param error: the ReconnectError that asks for it, None when it is time anyway
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
            is_usable = not account._needs_renewal(error) or account._refresh_tokens(error)
        self.invalidate_recordset()
        return is_usable

    def _needs_renewal(self, error):
        """Whether the tokens are still those that `error` refused; another holder may have renewed them meanwhile."""
        if not error:
            return not self.token_renewal_date or self.token_renewal_date <= fields.Datetime.now()
        return error.token_fingerprint in ("", fingerprint(self.access_token))

    def _refresh_tokens(self, error):
        """Renew the tokens, unless `error` says that only a person can; return whether it worked.

        The shop shows why it did not.
        """
        try:
            if (error and error.reason != TOKEN) or not self.refresh_token:
                raise error or ReconnectError(AUTHORISATION)
            tokens = auth.refresh_tokens(self._prepare_transport(), self.refresh_token)
        except ReconnectError as refusal:
            self._give_up_renewal(refusal, is_token_refused=bool(error))
        except FixError as refusal:
            self._take_strange_refusal(refusal, is_token_refused=bool(error))
        except AliexpressError as failure:
            self._postpone(failure)
        else:
            return self._store_renewed(tokens)
        return False

    def _give_up_renewal(self, refusal, is_token_refused):
        """Use the token up, unless AliExpress refuses that too, then ask for a login because of `refusal`."""
        life = self.access_token_expiry and self.access_token_expiry - fields.Datetime.now()
        if not is_token_refused and life and life > WORTH_USING:
            self._use_up_token()
        else:
            self._expire(refusal)

    def _take_strange_refusal(self, refusal, is_token_refused):
        """Try the renewal again some times after `refusal` (a FixError), then give it up."""
        now = fields.Datetime.now()
        if refusal.reason not in STRANGE_REASONS:
            self._postpone(refusal)
            return
        self.renewal_refused_date = self.renewal_refused_date or now
        if now - self.renewal_refused_date >= PATIENCE:
            self._give_up_renewal(refusal, is_token_refused)
        elif not is_token_refused and self.access_token_expiry and self.access_token_expiry > now:
            # The shop goes on with the token it has.
            self.token_renewal_date = min(now + RENEWAL_PAUSE, self.access_token_expiry)
        else:
            self._postpone(refusal, RENEWAL_PAUSE)

    def _store_renewed(self, tokens):
        """Store new tokens; return whether the shop may go on."""
        values = self._prepare_token_values(tokens)
        values |= {"token_renewed_date": fields.Datetime.now(), "renewal_refused_date": False}
        seller_ref = values.pop("seller_ref", None)
        is_prolonged = False
        if not tokens.authorization_expiry:
            values.pop("authorization_expiry")
        elif not self.authorization_expiry or tokens.authorization_expiry > self.authorization_expiry:
            # What people were warned of has passed.
            values["authorization_warned_days"] = 0
            is_prolonged = True
        is_usable = self._write_unless_double(values)
        # The seller of a shop never changes by a renewal.
        if is_usable and seller_ref and not self.seller_ref:
            is_usable = self._write_unless_double({"seller_ref": seller_ref})
        if is_prolonged and is_usable:
            self._end_asking_to_connect()
        return is_usable

    def _end_asking_to_connect(self):
        """Take back what was asked of people. Where one of them just does it, the tokens must not be lost with it."""
        self.env.flush_all()  # what was written before is not to be suppressed
        with suppress(*CONCURRENCY_ERRORS), self.env.cr.savepoint():
            self.activity_unlink([AUTHORISATION_ACTIVITY])

    def _use_up_token(self):
        """Go on with the token that cannot be renewed as long as it lives; the shop asks for the login meanwhile."""
        self.write({"token_renewal_date": self.access_token_expiry, "authorization_expiry": self.access_token_expiry})

    def _expire(self, error):
        """Pause the shop until a person connects it again, and ask the responsible person to."""
        message_env = self._get_message_env()
        self.write({"state": "expired", "error": describe_error(message_env, error)})
        self._ask_to_connect(fields.Date.context_today(self))

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

    # === WARNING === #

    def _ask_to_connect(self, deadline):
        """One activity (due on the date `deadline`) that asks the responsible person to connect this shop again."""
        account = self.with_env(self._get_message_env())
        account.activity_unlink([AUTHORISATION_ACTIVITY])
        account.with_context(mail_activity_quick_update=True).activity_schedule(
            AUTHORISATION_ACTIVITY,
            date_deadline=deadline,
            summary=account.env._("Connect %(name)s with AliExpress again", name=account.name),
            note=plaintext2html(account._describe_connection()),
            user_id=account._get_responsible().id,
        )

    def _watch_authorisation(self):
        """Ask for a new login when the next of WARNING_DAYS is reached; return whether people must hear of it now."""
        self.ensure_one()
        if self.state == "expired":
            is_news = self.authorization_warned_days != EXPIRED
            self.authorization_warned_days = EXPIRED
            return is_news
        days = self._get_authorisation_days()
        reached = [level for level in WARNING_DAYS if days is not None and days <= level]
        warned = self.authorization_warned_days
        if not reached or self.state != "connected":
            return False
        if warned and warned <= reached[-1]:
            return False
        self.authorization_warned_days = reached[-1]
        self._ask_to_connect(self.authorization_expiry.date())
        return True
