from psycopg2.errors import UniqueViolation

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from .aliexpress_account_tokens import AUTHORISATION_ACTIVITY


class AliexpressAccount(models.Model):
    """A seller has one shop here: two would import every order twice."""

    _inherit = "aliexpress.account"

    # === CONSTRAINTS === #

    @api.constrains("active", "app_key", "access_token", "refresh_token")
    def _check_tokens_unique(self):
        shops = self.sudo()  # tokens are readable by administrators only, and other companies' shops count too
        for account in shops.filtered(lambda account: account.active and account.app_key):
            tokens = ("access_token", "refresh_token")
            is_same = Domain.OR([Domain(name, "=", account[name]) for name in tokens if account[name]])
            other = shops.search(is_same & Domain("app_key", "=", account.app_key) & Domain("id", "!=", account.id))
            if other:
                raise ValidationError(
                    self.env._(
                        "The shop %(name)s has the tokens of the shop %(other)s: every order would come twice. Connect "
                        "it with a seller of its own, or archive one of the two.",
                        name=account.name,
                        other=other[0].name,
                    )
                )

    # === RENEWAL === #

    def _write_unless_double(self, values):
        """Write `values` and return True; where they show that another shop is the same, stop this one."""
        try:
            with self.env.cr.savepoint():
                self.write(values)
                self.flush_recordset()
        except (UniqueViolation, ValidationError) as error:
            self._stop_double(error)
            return False
        return True

    def _stop_double(self, error):
        """Let no job touch this shop, whose orders another one imports already; its tokens stay."""
        account = self.with_env(self._get_message_env())
        is_known = isinstance(error, ValidationError)
        reason = str(error) if is_known else account._seller_uniq.get_error_message(account, None)
        account.write({"state": "draft", "error": reason})
        account.message_post(body=reason)
        account.with_context(mail_activity_quick_update=True).activity_schedule(
            AUTHORISATION_ACTIVITY,
            summary=account.env._("%(name)s is another shop already", name=account.name),
            note=plaintext2html(reason),
            user_id=account._get_responsible().id,
        )
