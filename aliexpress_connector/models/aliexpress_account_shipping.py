from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..lib.errors import UNREADABLE, FixError
from ..lib.families import FAMILIES
from .aliexpress_account import CONCURRENCY_ERRORS
from .private_log import get_logger

_logger = get_logger(__name__)


class AliexpressAccount(models.Model):
    """What a shop sets for its shipments, its carriers, and the watch over deadlines."""

    _inherit = "aliexpress.account"

    is_fallback_allowed = fields.Boolean(
        string="Declare Refused Parcels with Another Carrier",
        help="Parcels whose carrier or number AliExpress refuses are declared with AliExpress' carrier for seller's "
        "own shipping, local or overseas, and the tracking page below. Otherwise they wait for a person.",
    )
    tracking_website = fields.Char(
        string="Tracking Page",
        default="https://www.17track.net",
        help="Where buyers can follow parcels that AliExpress cannot follow itself, unless their delivery method has a "
        "tracking link.",
    )
    deadline_warning_hours = fields.Integer(
        string="Warn Before Deadline (hours)",
        default=24,
        help="The responsible person gets an activity when an order is not declared this many hours before its "
        "deadline. Zero warns when it has passed.",
    )

    def _declares_lines(self):
        """Whether a declaration names the child orders that are in the parcel."""
        self.ensure_one()
        return bool(self.family) and FAMILIES[self.family].declares_lines

    # === CARRIERS === #

    def _refresh_carriers(self):
        """Read the carriers that AliExpress offers this shop; new ones get a delivery method by name. One call.

        Raises the errors of `lib.errors`. What people mapped stays; carriers no longer offered are archived, which is
        told where delivery methods stand for them.
        """
        self.ensure_one()
        carriers = {carrier.code: carrier for carrier in self._get_client().list_carriers()}
        Service = self.env["aliexpress.logistics.service"].with_context(active_test=False)
        known = Service.search([("account_id", "=", self.id)])
        offered = known.filtered("active")
        if not carriers:
            # Every shop has some, and none loses all of them; without any, no delivery could leave.
            raise FixError(UNREADABLE, f"no carriers of the shop, which had {len(offered)}")
        for service in known:
            values = self._prepare_service_values(carriers.pop(service.code, None))
            changes = {name: value for name, value in values.items() if (service[name] or False) != (value or False)}
            if changes:
                service.write(changes)
        new = Service.create(
            [
                {"account_id": self.id, "code": code} | self._prepare_service_values(carrier)
                for code, carrier in carriers.items()
            ]
        )
        new._suggest_carriers()
        self._report_vanished(offered.filtered(lambda service: not service.active))

    @api.model
    def _prepare_service_values(self, carrier):
        if not carrier:
            return {"active": False}
        return {
            "active": True,
            "name": carrier.name,
            "company_name": carrier.company,
            "tracking_regex": carrier.tracking_regex,
        }

    # === DEADLINES === #

    @api.model
    def _watch_ship_deadlines(self):
        """One activity for each order that is not declared shortly before its deadline; none once it is.

        Only for `_cron_*` methods.
        """
        self.env["aliexpress.order"]._end_deadline_activities()
        for account in self.search(self._get_due_domain("sync_shipments", calls_gateway=False)):
            try:
                until = fields.Datetime.now() + timedelta(hours=account.deadline_warning_hours)
                domain = self.env["aliexpress.order"]._get_to_declare_domain()
                domain &= Domain("account_id", "=", account.id) & Domain("ship_deadline", "<=", until)
                self.env["aliexpress.order"].search(domain)._schedule_deadline_activities()
                self.env["ir.cron"]._commit_progress()
            except CONCURRENCY_ERRORS:
                # Looked at again in some minutes.
                self.env.cr.rollback()
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Watching the deadlines of shop %s failed", account.id)
