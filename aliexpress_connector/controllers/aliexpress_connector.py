import logging

from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError
from odoo.http import Controller, request, route

from ..lib.errors import AliexpressError, ReconnectError, TransientError
from ..models.aliexpress_account_connection import CALLBACK_PATH
from ..models.error_messages import describe_error

_logger = logging.getLogger(__name__)


class AliexpressConnector(Controller):
    @route(CALLBACK_PATH, type="http", auth="user", methods=["GET"])
    def aliexpress_callback(self, code="", state="", **_kwargs):
        """Come back from AliExpress' login: exchange the code and show the shop, connected or with the reason why
        not.
        """
        account_id, _separator, csrf_token = state.partition("-")
        if not account_id.isdecimal() or not request.validate_csrf(csrf_token):
            raise request.not_found()
        # The id comes from the URL: the user's own rights decide what it opens.
        account = request.env["aliexpress.account"].browse(int(account_id)).exists()
        if not account or not account.has_access("write"):
            raise request.not_found()
        error = self._connect(account, code) or account._find_family()
        # The person sees the reason on the shop's form; `error` is read-only for people.
        account.sudo().error = error
        page = "aliexpress-shops" if account.setup_step == "done" else "aliexpress-setup"
        return request.redirect(f"/odoo/{page}/{account.id}")

    def _connect(self, account, code):
        """Connect `account`; return the text that says why not, or False."""
        env = account.env
        if not code:
            return env._(
                "AliExpress sent no authorisation code: the login was cancelled. Press Connect with AliExpress to "
                "try again."
            )
        try:
            with env.cr.savepoint():
                account._connect(code)
        except AliexpressError as error:
            return self._describe_refusal(account, error)
        except UserError as error:
            return str(error)
        except UniqueViolation:
            return env["aliexpress.account"]._seller_uniq.get_error_message(env["aliexpress.account"], None)
        return False

    def _describe_refusal(self, account, error):
        """The text for the person whose login ended with `error` (an AliexpressError)."""
        env = account.env
        if isinstance(error, ReconnectError):
            return env._(
                "AliExpress did not accept the login of %(shop)s: the code had expired or was used. Press Connect with "
                "AliExpress again.",
                shop=account.name,
            )
        text = describe_error(env, error, is_by_hand=True)
        if isinstance(error, TransientError):
            text += "\n" + env._("Press Connect with AliExpress again.")
        return text
