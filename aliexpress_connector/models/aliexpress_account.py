import contextlib
from datetime import timedelta

from psycopg2.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

from odoo import api, fields, models
from odoo.fields import Domain

from ..lib.errors import RATE_LIMIT
from .error_messages import describe_error

# While AliExpress does not answer, a shop is tried again this often; a limit announced in seconds is obeyed to the
# second.
GATEWAY_PAUSE = 120
# What calls AliExpress all day.
LIMITED_JOBS = (
    "ir_cron_fetch_orders",
    "ir_cron_process_orders",
    "ir_cron_push_shipments",
    "ir_cron_push_offers",
    "ir_cron_publish_listings",
)
# Another transaction changed the same rows first: nothing is wrong, the next run takes the records up again.
CONCURRENCY_ERRORS = (DeadlockDetected, LockNotAvailable, SerializationFailure)


class AliexpressAccount(models.Model):
    """A shop: who it is, how it is reached, and how its orders become Odoo's.

    `state` draft → connected ⇄ expired. Only connected, active shops are touched by jobs. `retry_at` is when the next
    call may be made.
    """

    _name = "aliexpress.account"
    _description = "AliExpress Shop"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _check_company_auto = True
    _order = "sequence, id"

    name = fields.Char(required=True, tracking=True, help="Your label for this shop.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        help="Orders of this shop belong to this company.",
    )
    state = fields.Selection(
        [("draft", "Not connected"), ("connected", "Connected"), ("expired", "Authorisation expired")],
        default="draft",
        required=True,
        copy=False,
        tracking=True,
    )
    # Who the application is; administrators only, like everything that opens the shop.
    app_key = fields.Char(
        string="Application Key",
        groups="base.group_system",
        copy=False,
        help="The App Key of your application in AliExpress' developer console.",
    )
    app_secret = fields.Char(
        string="Application Secret",
        groups="base.group_system",
        copy=False,
        help="The App Secret of your application in AliExpress' developer console. It is shown to administrators only.",
    )
    access_token = fields.Char(groups="base.group_system", copy=False)
    refresh_token = fields.Char(groups="base.group_system", copy=False)
    access_token_expiry = fields.Datetime(
        copy=False,
        readonly=True,
        help="Until when AliExpress accepts the present token. It is renewed by itself before.",
    )
    authorization_expiry = fields.Datetime(
        string="Authorisation Ends", copy=False, readonly=True, help="Until then somebody must connect the shop again."
    )
    seller_ref = fields.Char(
        string="AliExpress Seller", copy=False, readonly=True, help="Number of the seller account at AliExpress."
    )
    seller_name = fields.Char(copy=False, readonly=True, help="The login of the seller on AliExpress.")
    family = fields.Selection(
        [("solution", "Overseas sellers"), ("general", "General sellers")],
        string="Method Family",
        copy=False,
        help="Which family of AliExpress methods the application may use; found out when the shop is connected.",
    )
    error = fields.Text(
        readonly=True, copy=False, help="Why AliExpress cannot be reached for this shop, and what to do."
    )
    retry_at = fields.Datetime(
        string="Next Call",
        copy=False,
        help="AliExpress is not called before this time. Empty it to call at the next run.",
    )
    is_call_limited = fields.Boolean(
        readonly=True, copy=False, help="AliExpress itself asked for silence until the next call: people wait too."
    )

    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self._default_user_id(),
        domain=[("share", "=", False)],
        help="Gets the activities and alarms of this shop. Without one who works here, the leader of its sales team "
        "gets them, else a sales manager of its company.",
    )
    team_id = fields.Many2one(
        "crm.team", string="Sales Team", check_company=True, help="The sales team of the sale orders of this shop."
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", check_company=True, help="Orders are delivered from here and its stock is offered."
    )
    pricelist_id = fields.Many2one(
        "product.pricelist", check_company=True, ondelete="restrict", help="Prices offered on AliExpress."
    )
    order_start_date = fields.Datetime(
        string="Orders From",
        default=fields.Datetime.now,
        help="Orders placed before this time are not imported. Set it back, and the next run imports what was placed "
        "since then.",
    )
    orders_synced_until = fields.Datetime(
        copy=False,
        help=(
            "Every change of orders up to this time is stored. Set it back to read a period again; nothing is doubled."
        ),
    )
    sync_orders = fields.Boolean(
        string="Import Orders",
        default=True,
        help="Orders of the shop become sale orders within minutes of their payment.",
    )
    sync_shipments = fields.Boolean(
        string="Declare Shipments",
        default=True,
        help="Validating a delivery tells AliExpress its carrier and tracking number.",
    )
    sync_listings = fields.Boolean(
        string="Publish Listings",
        default=True,
        help="The products listed in this shop are created and kept up to date on AliExpress.",
    )
    sync_offers = fields.Boolean(
        string="Update Prices and Stock", default=True, help="Prices and quantities on AliExpress follow those in Odoo."
    )

    _seller_uniq = models.UniqueIndex(
        "(seller_ref) WHERE active AND seller_ref IS NOT NULL",
        "This AliExpress seller is already connected as another shop. Connecting it twice would double its orders: "
        "archive the other shop first.",
    )

    @api.model
    def _default_user_id(self):
        # A script works as OdooBot, who reads nothing.
        return self.env.user.filtered("active")

    # === PEOPLE === #

    def _get_responsible(self):
        """Who gets the activities and alarms of this shop (res.users); empty where nobody could read them."""
        self.ensure_one()
        account = self.sudo()  # people may not read the rights of others
        for user in (account.user_id, account.team_id.user_id):
            if account._is_reader(user):
                return user.with_env(self.env)
        # Who belongs to a group is for administrators; the alarm goes out whoever's request raised it.
        managers = self.env.ref("sales_team.group_sale_manager").sudo().all_user_ids
        return managers.sorted("id").filtered(account._is_reader)[:1].with_env(self.env)

    def _is_reader(self, user):
        """Whether `user` is an employee who still works here and may see this shop."""
        if not user.active or user.share or user == self.env.ref("base.user_root"):
            return False
        account = self.with_user(user).with_context(allowed_company_ids=self.company_id.ids)
        return self.company_id in user.company_ids and account.has_access("read")

    # === JOBS === #

    @api.model
    def _get_due_domain(self, flow, calls_gateway=True):
        """Domain of the shops that a job of `flow` (name of a `sync_*` field, or None) may work for now."""
        domain = Domain("active", "=", True) & Domain("state", "=", "connected")
        if flow:
            domain &= Domain(flow, "=", True)
        if flow == "sync_listings":
            domain &= Domain("id", "not in", self.env.context.get("aliexpress_unclear_shop_ids", ()))
        if calls_gateway:
            domain &= Domain("retry_at", "=", False) | Domain("retry_at", "<=", fields.Datetime.now())
        return domain

    def _get_message_env(self):
        """Environment in the language of the responsible person: for texts that jobs store and people read."""
        lang = self.user_id.lang or self.company_id.partner_id.lang or self.env.lang
        return self.with_context(lang=lang).env

    def _postpone(self, error, pause=None):
        """Let no job call AliExpress for this shop for a while, because of `error` (an AliexpressError), and show why.

        :param timedelta pause: how long; default: as long as AliExpress announced, or its systems usually take
        """
        if getattr(error, "is_known", False):
            return  # what stands there already says more
        seconds = error.retry_after if error.reason == RATE_LIMIT else GATEWAY_PAUSE
        self._wait_for_gateway(fields.Datetime.now() + (pause or timedelta(seconds=seconds)), error)

    def _wait_for_gateway(self, until, error):
        """Let no job call AliExpress for this shop before `until`, nor for the others that `error` concerns."""
        accounts = self | self._get_sharing_accounts() if getattr(error, "concerns_app", False) else self
        for account in accounts:
            message = describe_error(account._get_message_env(), error)
            account._wait_until(until, message, error.reason == RATE_LIMIT)

    def _end_waiting_without_orders(self):
        """AliExpress answered again: why the shop waited is shown no more. Where orders are imported, their list ends
        it, which may have more to tell.
        """
        is_over = self.error and (not self.retry_at or self.retry_at <= fields.Datetime.now())
        if is_over and not self.sync_orders:
            with contextlib.suppress(*CONCURRENCY_ERRORS), self.env.cr.savepoint():
                self.write({"error": False, "retry_at": False})
                self.flush_recordset()

    def _wait_until(self, until, message, is_limit):
        """Note the waiting; when another job writes the same shop just now, it was told the same."""
        values = {"error": message}
        if not self.retry_at or until >= self.retry_at:
            values |= {"retry_at": until, "is_call_limited": is_limit}
        with contextlib.suppress(*CONCURRENCY_ERRORS), self.env.cr.savepoint():
            self.write(values)
            self.flush_recordset()
        if is_limit and "retry_at" in values:
            # Limits end within seconds or minutes, long before these jobs run by themselves.
            for name in LIMITED_JOBS:
                self.env["ir.cron"]._aliexpress_wake(name, at=until + timedelta(seconds=1))

    def _get_sharing_accounts(self):
        """The other connected shops that use the same application, of any company."""
        shops = self.sudo()  # keys are readable by administrators only, and limits know no companies
        domain = Domain("app_key", "in", shops.mapped("app_key")) & Domain("state", "=", "connected")
        return shops.search(domain & Domain("app_key", "!=", False)) - shops

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override to start the jobs at once for shops that are created connected."""
        accounts = super().create(vals_list)
        accounts.filtered(lambda account: account.state == "connected")._trigger_jobs()
        return accounts

    def write(self, vals):
        """Override to go on at once, from where it stopped, when a shop is connected again."""
        if vals.get("state") != "connected":
            return super().write(vals)
        result = super().write({"retry_at": False, "error": False} | vals)
        self._trigger_jobs()
        return result

    def _trigger_jobs(self):
        if self:
            self.env["ir.cron"]._aliexpress_wake("ir_cron_refresh_shop_data")
            self.env["ir.cron"]._aliexpress_wake("ir_cron_fetch_orders")
