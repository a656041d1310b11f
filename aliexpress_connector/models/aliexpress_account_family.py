from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..lib.errors import PERMISSION, AliexpressError, FixError
from ..lib.families import FAMILIES
from .aliexpress_account import CONCURRENCY_ERRORS
from .error_messages import describe_error

# Other methods are looked for at most this often: a look costs up to two calls, and what AliExpress refused for a
# while it takes again.
LOOK_EVERY = timedelta(hours=1)


class AliexpressAccount(models.Model):
    """Which family of AliExpress methods a shop uses: found out at the login, and again when AliExpress grants others
    or takes some away.
    """

    _inherit = "aliexpress.account"

    family_looked_date = fields.Datetime(
        readonly=True, copy=False, help="When other methods than those in use were last looked for."
    )

    def write(self, vals):
        """Override to find out anew what another application may use."""
        if "app_key" in vals and "family" not in vals:
            accounts = self.sudo()  # the key is readable by administrators only
            if any(account.app_key != vals["app_key"] for account in accounts):
                vals = vals | {"family": False}
        return super().write(vals)

    # === LOOK === #

    def _detect_family(self, transport):
        """Name of the first family whose methods the application may call; raises FixError(PERMISSION) when there is
        none.
        """
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

    def _find_family(self):
        """Find out anew which family of methods the application may use; return the text that says why it could not
        be found, or False. What was known stays then, and the first job finds out what was not.
        """
        self.ensure_one()
        account = self.sudo()  # uses the tokens, which the person who logged in must not read
        message = False
        try:
            account._use_family(account._detect_family(account._prepare_transport(account.access_token)))
        except AliexpressError as error:
            message = describe_error(self.env, error)
        account.family_looked_date = fields.Datetime.now()
        return message

    def _is_family_refused(self, error):
        """Whether `error` (an AliexpressError) ends the shop's family of methods for it."""
        self.ensure_one()
        return bool(self.family) and FAMILIES[self.family].is_refused_by(error)

    def _takes_other_family(self):
        """Whether another family of methods than the shop's was found, and is used from now on. Where it was looked
        for a short while ago, it is not; None where another job changes the shop just now.
        """
        self.ensure_one()
        family, looked_date = self.family, self.family_looked_date
        if not family or (looked_date and looked_date > fields.Datetime.now() - LOOK_EVERY):
            return False
        try:
            with self.env.cr.savepoint():
                self._find_family()
                self.flush_recordset()
        except CONCURRENCY_ERRORS:
            return None
        return self.family != family

    @api.model
    def _find_catalogue_families(self):
        """Look whether shops whose products cannot be managed from here may use the methods that can. Only for
        `_cron_*` methods.
        """
        is_due = Domain("family_looked_date", "=", False)
        is_due |= Domain("family_looked_date", "<=", fields.Datetime.now() - LOOK_EVERY)
        for account in self.search(self._get_due_domain(None) & Domain("family", "!=", False) & is_due):
            if not account._has_catalogue():
                account._takes_other_family()
                if not self.env["ir.cron"]._commit_progress():
                    break

    # === CHANGE === #

    def _use_family(self, family):
        """Use the methods of `family` (name) from now on; what that changes is noted in the shop's history."""
        before, self.family = self.family, family
        if not before or before == family:
            return
        if self._has_catalogue():
            self._resume_catalogue()
        else:
            # It may have been refused for a while only, and meanwhile nothing tells AliExpress what is sold out.
            self.env["ir.cron"]._aliexpress_wake("ir_cron_refresh_shop_data", at=fields.Datetime.now() + LOOK_EVERY)
        self.message_post(body=self._describe_family())

    def _resume_catalogue(self):
        """Have everything about products read and sent again that may have changed while it could not be."""
        denied = Domain("account_id", "=", self.id) & Domain("state", "=", "denied")
        self.env["aliexpress.shop.data"].search(denied).write({"state": "pending"})
        self.env["aliexpress.listing"]._retry_denied(self)
        if self.discovery_error:
            self._begin_discovery()
        Sku = self.env["aliexpress.listing.sku"]
        Sku._forget_sent_quantities(self)
        Sku._retry_refused(self)
        self._compare_all_offers()
        self.env["ir.cron"]._aliexpress_wake("ir_cron_refresh_shop_data")
        self.env["ir.cron"]._aliexpress_wake("ir_cron_publish_listings")

    def _describe_family(self):
        env = self._get_message_env()
        if self._has_catalogue():
            return env._(
                "AliExpress lets the application of this shop use the methods for overseas sellers: from now on its "
                "products, prices and stock are managed from Odoo."
            )
        return env._(
            "AliExpress does not let the application of this shop use the methods for overseas sellers any more. "
            "Orders and shipments go on with those for general sellers, but products, prices and stock are not "
            "managed from Odoo: keep the stock up to date in the seller centre, and request the methods in the "
            "AliExpress developer console. Once they are granted, Odoo uses them within a day."
        )
