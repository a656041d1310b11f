from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..lib.errors import AliexpressError, ReconnectError, TransientError
from .error_messages import describe_error

# So often may somebody else write the shop while a login waits for it.
LOCK_TRIES = 20


class AliexpressAccount(models.Model):
    """What happens when a person comes back from AliExpress' login."""

    _inherit = "aliexpress.account"

    def _log_in(self, code):
        """Connect this shop with the `code` of the login, or show on it why not.

        In transactions of its own: a code works once, so nothing may make Odoo repeat the request that brought it.
        """
        self.ensure_one()
        with self.env.registry.cursor() as cr:
            account = self.with_env(self.env(cr=cr))
            account._wait_for_row()
            error = account._try_to_connect(code)
        with self.env.registry.cursor() as cr:
            account = self.with_env(self.env(cr=cr))
            account._wait_for_row()
            # The person sees the reason on the shop's form; `error` is read-only for people.
            account.sudo().error = error or account._find_family()
        self.invalidate_recordset()

    def _wait_for_row(self):
        """Lock this shop as soon as nobody else writes it. The transaction must be fresh."""
        for tries_left in reversed(range(LOCK_TRIES)):
            try:
                self.env.cr.execute(SQL("SELECT FROM aliexpress_account WHERE id = %s FOR NO KEY UPDATE", self.id))
                break
            except SerializationFailure:
                self.env.cr.rollback()
                if not tries_left:
                    raise
        self.env.invalidate_all()

    def _try_to_connect(self, code):
        """Connect this shop; return the text that says why not, or False."""
        if not code:
            return self.env._(
                "AliExpress sent no authorisation code: the login was cancelled. Press Connect with AliExpress to "
                "try again."
            )
        try:
            with self.env.cr.savepoint():
                self._connect(code)
        except AliexpressError as error:
            return self._describe_refused_login(error)
        except UserError as error:
            return str(error)
        except UniqueViolation:
            return self._seller_uniq.get_error_message(self, None)
        return False

    def _describe_refused_login(self, error):
        """The text for the person whose login ended with `error` (an AliexpressError)."""
        if isinstance(error, ReconnectError):
            return self.env._(
                "AliExpress did not accept the login of %(shop)s: the code had expired or was used. Press Connect with "
                "AliExpress again.",
                shop=self.name,
            )
        text = describe_error(self.env, error, is_by_hand=True)
        if isinstance(error, TransientError):
            text += "\n" + self.env._("Press Connect with AliExpress again.")
        return text
