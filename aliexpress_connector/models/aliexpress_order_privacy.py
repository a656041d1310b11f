from dataclasses import asdict, replace
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import split_every

from ..lib.values import Address
from .aliexpress_order_cancel import CANCEL_ACTIVITY
from .private_log import get_logger

_logger = get_logger(__name__)

OVER = ("closed", "cancelled")
BATCH = 100


class AliexpressOrder(models.Model):
    """Personal data: erased when it is no longer needed, and never stored again."""

    _inherit = "aliexpress.order"

    is_erased = fields.Boolean(
        string="Personal Data Erased", readonly=True, copy=False, help="The buyer's data of this order was erased."
    )

    # Where Odoo looks for everything about a person: the parcel may go to somebody else than the customer. Not computed
    # from the sale order: whoever changes that would wait until AliExpress has answered a job that works on this order.
    shipping_partner_id = fields.Many2one(
        "res.partner",
        string="Recipient",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="To whom the parcel goes.",
    )

    _erase_idx = models.Index("(account_id, end_date, update_date) WHERE is_erased IS NOT TRUE")
    _erase_unused_idx = models.Index(
        "(account_id) WHERE is_erased IS NOT TRUE AND sale_order_id IS NULL AND partner_id IS NULL"
    )

    # === JOB === #

    @api.model
    def _erase_due(self):
        """Erase the personal data of orders that are over for long enough, in batches; only for `_cron_*` methods."""
        Account = self.env["aliexpress.account"]
        commit_progress = self.env["ir.cron"]._commit_progress
        for account in Account.search(Account._get_due_domain(None, calls_gateway=False)):
            ids = self.search(self._get_erase_domain(account), order="id").ids
            commit_progress(remaining=len(ids))
            for batch in split_every(BATCH, ids):
                self.browse(batch)._erase_batch(self._get_erase_domain(account))
                if not commit_progress(len(batch)):
                    return

    @api.model
    def _get_erase_domain(self, account):
        if account.personal_data_days <= 0:
            return Domain.FALSE
        limit = fields.Datetime.now() - timedelta(days=account.personal_data_days)
        ended_long_ago = Domain("end_date", "<", limit) | (
            Domain("end_date", "=", False) & Domain("update_date", "<", limit)
        )
        # What never became a sale order is needed for nothing.
        is_settled = Domain("state", "=", "done") & Domain("is_detail_due", "=", False)
        is_unused = Domain("sale_order_id", "=", False) & Domain("partner_id", "=", False)
        return (
            Domain("account_id", "=", account.id)
            & Domain("is_erased", "!=", True)
            & self._get_over_domain()
            # What has ended is erased even when it waits for a person, or cannot be read, for ever.
            & ((ended_long_ago & Domain("state", "!=", "pending")) | (is_unused & is_settled))
        )

    @api.model
    def _get_over_domain(self):
        """Domain of the orders that AliExpress is done with, or waits with nothing but its payment for."""
        return Domain("stage", "in", OVER) | (Domain("stage", "=", "shipped") & Domain("end_reason", "!=", False))

    def _erase_batch(self, domain):
        """Erase these orders; where one fails, the others all the same."""
        try:
            self.try_lock_for_update().filtered_domain(domain)._erase_personal_data()
            self.env.flush_all()
        except Exception:
            self.env.cr.rollback()
            if len(self) > 1:
                for order in self:
                    order._erase_batch(domain)
                    self.env["ir.cron"]._commit_progress()
            else:
                _logger.exception("The personal data of AliExpress order %s could not be erased", self.id)

    # === ERASE === #

    def _erase_personal_data(self):
        """Erase the buyers' data of these orders, and of their contacts where nothing else needs it."""
        quiet = self.with_context(tracking_disable=True)
        partners = quiet.partner_id | quiet.sale_order_id.partner_shipping_id | quiet.sale_order_id.partner_invoice_id
        for order in quiet:
            order.write(order._prepare_erased_values())
        quiet.line_ids.write({"note": False})
        self._erase_told_reasons()
        partners._aliexpress_erase()

    def _erase_told_reasons(self):
        """Erase what the buyers wrote from the notes and activities that told people why a delivery may not leave."""
        on_orders = Domain("model", "=", self._name) & Domain("res_id", "in", self.ids)
        cancel_type = self.env.ref(CANCEL_ACTIVITY)
        # Whoever may erase the orders need not be allowed to change what others wrote about them.
        activities = self.sudo().with_context(active_test=False).activity_ids
        activities.filtered(lambda activity: activity.activity_type_id == cancel_type).unlink()
        Message = self.env["mail.message"].sudo()
        Message.search(on_orders & Domain("mail_activity_type_id", "=", cancel_type.id)).unlink()
        messages = Message.search(on_orders & Domain("tracking_value_ids", "!=", False))
        field = self.env["ir.model.fields"]._get(self._name, "hold_reason")
        messages.tracking_value_ids.filtered(lambda value: value.field_id == field).unlink()
        messages._filter_empty().unlink()

    def _prepare_erased_values(self):
        # Odoo's own words about what failed may name the contact.
        texts = ("buyer_ref", "buyer_name", "note", "cancel_reason", "cancel_memo", "error")
        values = dict.fromkeys(texts, False) | {"is_erased": True}
        if self.address:
            values["address"] = asdict(Address(country_code=self.address.get("country_code") or ""))
        if self.hold_reason and self.cancel_reason:
            values["hold_reason"] = self.hold_reason.replace(self.cancel_reason, "-")
        if self.taken_over:
            values["taken_over"] = self.taken_over | {"address": ""}
        return values

    def _store_details(self, details):
        """Override to leave out the personal data of orders whose data was erased, when they are read again."""
        return super()._store_details(
            {order: order._anonymise(*detail) if order.is_erased else detail for order, detail in details.items()}
        )

    @staticmethod
    def _anonymise(detail, address):
        """A lib Order and its Address without personal data."""
        lines = tuple(replace(line, note="") for line in detail.lines)
        anonymous = replace(detail, buyer_ref="", buyer_name="", note="", cancel_reason="", lines=lines)
        return anonymous, Address(country_code=address.country_code)
