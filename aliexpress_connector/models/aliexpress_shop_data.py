from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..lib.errors import NOT_OFFERED, PERMISSION, UNREADABLE
from .error_messages import describe_error
from .shop_run import ShopRun

# Kinds in the order in which they are read, and the hours until they are read again: a little less than a day and a
# week, so that the daily job finds everything due.
DAILY, WEEKLY = 20, 7 * 24 - 4
HOURS = {
    "profile": DAILY,
    "carriers": DAILY,
    "freight_template": DAILY,
    "service_template": DAILY,
    "product_group": DAILY,
    "brand": DAILY,
    "category": WEEKLY,
    "attribute": DAILY,
    "size_chart": WEEKLY,
    "responsible_person": WEEKLY,
}
# Read for categories that products use, and for no others.
OF_USED_CATEGORIES = ("attribute", "size_chart", "responsible_person")
# Calls that share a connection and a transaction of a few seconds.
BATCH_SIZE = 10
# A reading that failed for a passing reason is tried again within the day.
SOON = timedelta(hours=3)
# What fails again is no matter of minutes.
REPEATED_PAUSE = timedelta(hours=1)
# After a shop had to wait, its other jobs have their turn first.
GAP = timedelta(minutes=5)


class AliexpressShopData(models.Model):
    """A kind of data of a shop, of one category where AliExpress tells it by category, and when it was last read.

    `retry_at` is when it is read next; emptied, at the next run. `denied` data belongs to methods that the application
    was not granted: it is left alone until a person asks for it again.
    """

    _name = "aliexpress.shop.data"
    _description = "AliExpress Shop Data"
    _inherit = ["aliexpress.job.mixin"]
    _order = "account_id, kind, category_id, id"
    _rec_name = "kind"

    account_id = fields.Many2one(ondelete="cascade")
    kind = fields.Selection(
        [
            ("profile", "Shop profile"),
            ("carriers", "Carriers"),
            ("freight_template", "Freight templates"),
            ("service_template", "Service templates"),
            ("product_group", "Product groups"),
            ("brand", "Brands"),
            ("category", "Categories"),
            ("attribute", "Attributes"),
            ("size_chart", "Size charts"),
            ("responsible_person", "EU responsible persons"),
        ],
        required=True,
        readonly=True,
        help="What is read from AliExpress.",
    )
    category_id = fields.Many2one(
        "aliexpress.category", readonly=True, index=True, ondelete="cascade", help="Empty for the whole shop."
    )
    state = fields.Selection(
        [("pending", "To read"), ("done", "Read"), ("denied", "Not granted"), ("error", "Error")],
        default="pending",
        required=True,
        readonly=True,
        index=True,
    )
    refresh_date = fields.Datetime(string="Read On", readonly=True, help="When it was last read.")

    _kind_uniq = models.UniqueIndex(
        "(account_id, kind, COALESCE(category_id, 0))", "This data is already in the list of the shop."
    )

    @api.depends("kind", "category_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = " / ".join(filter(None, [row._get_kind_name(), row.category_id.name]))

    # === WHAT IS TO BE READ === #

    @api.model
    def _sync_rows(self):
        """Have the rows that connected shops need: one for each kind, and those of the categories in use."""
        accounts = self.env["aliexpress.account"].search([("active", "=", True), ("state", "=", "connected")])
        rows = self.search([("account_id", "in", accounts.ids)])
        present = {row._get_place(): row for row in rows}
        wanted = set()
        for account in accounts:
            kinds = set(HOURS) - set(OF_USED_CATEGORIES) if account._has_catalogue() else {"carriers"}
            wanted |= {(account.id, kind, False) for kind in kinds}
        wanted |= self._get_places_of_used_categories(accounts.filtered(lambda account: account._has_catalogue()))
        self._create_rows(wanted - set(present))
        rows.filtered(lambda row: row.kind in OF_USED_CATEGORIES and row._get_place() not in wanted).unlink()

    @api.model
    def _get_places_of_used_categories(self, accounts):
        places = set()
        for category in self.env["aliexpress.category"]._get_used():
            users = accounts & category.account_ids or accounts
            # Attributes are the same for every shop: one of them asks.
            places |= {(users[:1].id, "attribute", category.id)} if users else set()
            places |= {
                (account.id, kind, category.id) for account in users for kind in ("size_chart", "responsible_person")
            }
        return places

    def _get_place(self):
        return (self.account_id.id, self.kind, self.category_id.id)

    @api.model
    def _create_rows(self, places):
        """Create the rows of `places` (shop, kind, category); what the shop's application was denied stays denied."""
        denied = {
            (account.id, kind) for account, kind in self._read_group([("state", "=", "denied")], ["account_id", "kind"])
        }
        return self.create(
            [
                {
                    "account_id": account_id,
                    "kind": kind,
                    "category_id": category_id,
                    "state": "denied" if (account_id, kind) in denied else "pending",
                }
                for account_id, kind, category_id in sorted(places)
            ]
        )

    @api.model
    def _request_attributes(self, categories):
        """Have the attributes of `categories` read at once, in the background; return the action that says so."""
        return self.search([("kind", "=", "attribute"), ("category_id", "in", categories.ids)])._request()

    def _request(self):
        """Have these rows read at once, in the background; return the action that says so."""
        self.action_retry()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "info", "message": self.env._("AliExpress is asked now. Look again in a minute.")},
        }

    # === JOB === #

    @api.model
    def _get_rows_due_domain(self):
        return self._get_due_domain(None) & Domain("state", "!=", "denied")

    @api.model
    def _run(self):
        """Read what is due, kind by kind, until that is done or time is up. Only for `_cron_*`."""
        self._sync_rows()
        commit_progress = self.env["ir.cron"]._commit_progress
        commit_progress()
        shop_runs = defaultdict(ShopRun)
        for kind in HOURS:
            domain = self._get_rows_due_domain() & Domain("kind", "=", kind)
            before = self.browse()
            # Reading a category finds categories below it. What does not change is held up, for the next run.
            while (due := self.search(domain)) and due != before:
                before = due
                fresh = domain & Domain("error", "=", False)
                self._run_queue(fresh, "_refresh", batch_size=BATCH_SIZE, shop_runs=shop_runs)
                # What failed is read alone: a good batch must not fail with it.
                self._run_queue(domain & Domain("error", "!=", False), "_refresh", shop_runs=shop_runs)
                if not commit_progress():
                    # The queue of this kind may be empty, the work is not.
                    commit_progress(remaining=self.search_count(self._get_rows_due_domain()))
                    return
        self._trigger_when_due()

    @api.model
    def _trigger_when_due(self):
        """The job runs daily; what failed for a passing reason need not wait that long."""
        now = fields.Datetime.now()
        waiting = self.search(
            Domain("state", "!=", "denied")
            & Domain("account_id.state", "=", "connected")
            & (Domain("retry_at", "=", False) | Domain("retry_at", "<=", now + SOON))
        )
        times = []
        for row in waiting:
            shop_waits_until = row.account_id.retry_at
            is_shop_waiting = shop_waits_until and shop_waits_until > now
            times.append(max(row.retry_at or now, shop_waits_until + GAP if is_shop_waiting else now))
        times = [time for time in times if now < time <= now + SOON]
        if times:
            self.env["ir.cron"]._aliexpress_wake("ir_cron_refresh_shop_data", at=min(times))

    def _trigger_when_waiting(self):
        """Wake the job when the next attempt at this row is due, where there is to be one."""
        if self.retry_at:
            self.env["ir.cron"]._aliexpress_wake("ir_cron_refresh_shop_data", at=self.retry_at)

    def _trigger_job(self):
        self.env["ir.cron"]._aliexpress_wake("ir_cron_refresh_shop_data")

    # === OUTCOMES === #

    def _set_done(self):
        now = fields.Datetime.now()
        for kind, rows in self.grouped("kind").items():
            retry_at = now + timedelta(hours=HOURS[kind])
            rows.write({"state": "done", "error": False, "refresh_date": now, "retry_at": retry_at})

    def _wait(self, error):
        """Override to ask less often for what failed before."""
        again = self.filtered(lambda row: row._has_failed_before())
        result = super()._wait(error)
        for row in again:
            row.retry_at = max(row.retry_at, fields.Datetime.now() + REPEATED_PAUSE)
        return result

    def _set_error(self, error):
        """Override to leave alone what the application may not do, and to try everything else again: what could not
        be understood soon, what was refused the next day.
        """
        if getattr(error, "reason", None) in (PERMISSION, NOT_OFFERED):
            for row in self:
                row._set_denied(error)
            return
        super()._set_error(error)
        # An odd answer is mostly a passing fault of AliExpress.
        is_odd = getattr(error, "reason", None) == UNREADABLE
        self.write({"retry_at": fields.Datetime.now() + (SOON if is_odd else timedelta(hours=DAILY))})

    def _set_denied(self, error):
        """Leave this kind of data of the shop alone, and say so once."""
        self.ensure_one()
        message_env = self.account_id._get_message_env()
        message = describe_error(message_env, error)
        rows = self.search([("account_id", "=", self.account_id.id), ("kind", "=", self.kind)])
        rows.write({"state": "denied", "error": message, "retry_at": False})
        if error.reason == PERMISSION:
            kind = self.with_env(message_env)._get_kind_name()
            text = message_env._("%(data)s are not read any more. %(reason)s", data=kind, reason=message)
            self.account_id.message_post(body=text)

    def _get_kind_name(self):
        return dict(self._fields["kind"]._description_selection(self.env)).get(self.kind)
