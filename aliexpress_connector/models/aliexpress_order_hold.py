import random
from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_amount, split_every

from .aliexpress_order_status import CANCELLED_REASONS, COMPLETED_REASONS
from .res_partner import Geography, load_address
from .shop_run import ShopRun

# Held orders looked at in one transaction.
HOLD_BATCH = 200


class AliexpressOrder(models.Model):
    """Why a delivery may not leave."""

    _inherit = "aliexpress.order"

    def _get_action(self, rows):
        """What the status map wants for this order: an `action` of the map; `rows` is `{status: row}`."""
        action = rows[self.status].action
        if action != "close":
            return action
        if self.end_reason in CANCELLED_REASONS:
            return "cancel"
        if self.end_reason in COMPLETED_REASONS or (not self.end_reason and self._has_parcels()):
            return "close"
        return "hold"

    def _has_parcels(self):
        """Whether AliExpress shows parcels of the order, or accepted some."""
        accepted = self.shipment_ids.filtered(lambda shipment: shipment.sent_tracking_ref and shipment.state != "error")
        return bool(self.parcels or accepted)

    def _get_hold_reasons(self, rows, product_problems, geography):
        """Texts (translated, one for each cause) why this order must not leave now; an empty list lets it go."""
        action = self._get_action(rows)
        if action == "cancel" or (action == "none" and not self.is_frozen and not self._may_still_leave()):
            return []
        if self.stage == "closed" and not self.is_frozen and self._is_closed_by_hand():
            return []
        reasons = [self._get_status_reason(rows)] if action == "hold" or self.is_frozen else []
        lines = self._get_changed_lines()
        if not self._is_past_checking(action):
            lines |= self.line_ids.filtered(lambda line: line._waits_for_product())
            reasons += [self._get_money_reason()]
        reasons += [product_problems[line] for line in lines if line in product_problems]
        if action not in ("ship", "close"):
            reasons += [
                self._get_suspicion_reason(),
                self._get_address_reason(geography),
                self._get_platform_reason(),
                self._get_change_reason(),
                self._get_line_reason(rows),
            ]
        return list(dict.fromkeys(filter(None, reasons)))

    def _is_past_checking(self, action):
        """Whether unknown products and money stop nothing any more: cancelled in Odoo, or confirmed and gone.

        Confirming the quotation by hand alone answers neither question.
        """
        state = self.sale_order_id.state
        return state == "cancel" or (state == "sale" and action in ("ship", "close"))

    def _is_closed_by_hand(self):
        """Whether a person has finished or cancelled what AliExpress ended for a reason that is not known here."""
        sale_order = self.sale_order_id
        if not sale_order.locked:
            return sale_order.state == "cancel"
        # Where Odoo locks whatever is confirmed, a lock tells nothing about what is still to leave.
        return not (sale_order._should_be_locked() and self._may_still_leave())

    def _get_status_reason(self, rows):
        if self.is_frozen or self.stage == "frozen":
            return self.env._("AliExpress has frozen this order. Wait until it is released there; do not ship.")
        if self.stage == "cancel_requested":
            reason = self.env._(
                "The buyer asked to cancel (%(reason)s). Press Accept Cancellation or Refuse Cancellation; do not "
                "ship before.",
                reason=self.cancel_reason or self.env._("no reason given"),
            )
            if self.cancel_problem:
                reason += "\n" + self.env._(
                    "AliExpress did not take the last answer. %(problem)s", problem=self.cancel_problem
                )
            return reason
        if self.stage == "closed":
            return self.env._(
                "AliExpress finished this order for the reason %(reason)s, which is not known here. Look at it in the "
                "seller centre, then lock or cancel the sale order yourself.",
                reason=self.end_reason or "-",
            )
        if self.stage == "unknown":
            return self.env._(
                "AliExpress gave this order the status %(status)s, which the status map does not know. Choose what it "
                "means in AliExpress > Configuration > Status Map.",
                status=self.status,
            )
        return self.env._(
            "The status map holds orders in the status %(status)s. See AliExpress > Configuration > Status Map.",
            status=rows[self.status].name,
        )

    def _get_money_reason(self):
        if not self.currency_id:
            return self.env._(
                "The currency of this order is not known in Odoo. Create it in Invoicing > Configuration > Currencies."
            )
        if not self.is_total_told and self.is_total_accepted:
            return ""
        if not self.is_total_told:
            return self.env._(
                "AliExpress told no total for this order. Compare it in the seller centre, then press Accept Total."
            )
        gap = self._get_unexplained_amount()
        return self._describe_gap() if gap and not self._is_gap_accepted(gap) else self._get_excess_reason()

    def _is_gap_accepted(self, gap):
        """Whether a person accepted just this difference (float) between AliExpress' total and the order's parts."""
        return self.is_total_accepted and not self.currency_id.compare_amounts(gap, self.accepted_amount)

    def _get_excess_reason(self):
        """Why the sale order, as it was made, is not worth what AliExpress pays; people may have mended it since."""
        sale_order = self.sale_order_id
        if not (self.taken_over and self.taken_over.get("excess")) or sale_order._aliexpress_is_rounding(
            sale_order.amount_total - self.amount_total
        ):
            return ""
        return self.env._(
            "Sale order %(name)s comes to %(total)s with Odoo's taxes, but AliExpress pays %(paid)s. Correct its "
            "lines, or press Accept Total.",
            name=sale_order.name,
            total=format_amount(self.env, sale_order.amount_total, sale_order.currency_id),
            paid=format_amount(self.env, self.amount_total, self.currency_id),
        )

    def _describe_gap(self):
        told = format_amount(self.env, self.amount_aliexpress, self.currency_id)
        total = format_amount(self.env, self.amount_total, self.currency_id)
        if self.currency_id.is_zero(self.amount_platform_discount):
            return self.env._(
                "AliExpress' total %(told)s is not what the order's parts add up to: %(total)s. Compare it in the "
                "seller centre, then press Accept Total, or raise the Accepted Difference of the shop.",
                told=told,
                total=total,
            )
        return self.env._(
            "AliExpress' total %(told)s is not what the order's parts add up to: %(total)s, or %(less)s without what "
            "AliExpress itself pays. Compare it in the seller centre, then press Accept Total, or raise the Accepted "
            "Difference of the shop.",
            told=told,
            total=total,
            less=format_amount(self.env, self.amount_total - self.amount_platform_discount, self.currency_id),
        )

    def _get_unexplained_amount(self):
        """Difference (float, the order's currency) between AliExpress' total and the nearest total its parts explain;
        0 when equal.
        """
        gaps = (
            self.amount_aliexpress - self.amount_total,
            self.amount_aliexpress - self.amount_total + self.amount_platform_discount,
        )
        return self.currency_id.round(min(gaps, key=abs))

    def _get_suspicion_reason(self):
        account = self.account_id
        if not self.currency_id:
            return ""
        limit = account.suspicious_amount
        amount = (
            self.currency_id._convert(self.amount_total, account.tolerance_currency_id, self.company_id) if limit else 0
        )
        content, released = self._get_releasable(), self.released or {}
        quantity = content["quantity"]
        is_dear = limit and amount > limit and content["amount"] > released.get("amount", 0)
        is_many = account.suspicious_quantity and quantity > max(
            account.suspicious_quantity, released.get("quantity", 0)
        )
        if is_dear or is_many:
            return self.env._(
                "This order is far larger than usual for the shop %(shop)s. Check the buyer in the seller centre, "
                "then press Release.",
                shop=account.name,
            )
        return ""

    def _get_address_reason(self, geography):
        if self.stage != "waiting_shipment" or self.is_platform_fulfilled or self.is_erased:
            return ""
        address = load_address(self.address)
        # What a person entered in the delivery address of the sale order is an answer too.
        entered = self.sale_order_id.partner_shipping_id
        if not (geography.find(address.country_code, "")[0] or entered.country_id):
            return self.env._(
                "The delivery country %(country)s is missing or not known in Odoo. Refresh the order; if it stays, "
                "ask the buyer and enter it in the delivery address of the sale order.",
                country=address.country_code or "-",
            )
        if not (address.street or entered.street):
            return self.env._(
                "AliExpress told no street to deliver to. Refresh the order; if it stays, ask the buyer and enter it "
                "in the delivery address of the sale order."
            )
        return ""

    def _get_platform_reason(self):
        lines = self.line_ids.filtered("quantity")
        by_platform = lines.filtered("is_platform_fulfilled")
        released = (self.released or {}).get("platform", [])
        if by_platform == lines or set(by_platform.mapped("child_ref")) <= set(released):
            return ""
        return self.env._(
            "AliExpress' own warehouse ships part of this order: %(names)s. Split the order in Odoo so that these "
            "lines are not delivered, then press Release.",
            names=", ".join(by_platform.mapped(lambda line: line.sku_code or line.name or line.child_ref)),
        )

    def _get_releasable(self):
        """What Release lets go (JSON): whatever goes beyond it later is asked about anew."""
        lines = self.line_ids.filtered("quantity")
        pieces = {}
        for line in lines:
            key = line.product_id.id or line.sku_code or line.product_ref
            pieces[key] = pieces.get(key, 0) + line.quantity * line.lot_size
        return {
            "quantity": max(pieces.values(), default=0),
            "amount": self.amount_total,
            "platform": lines.filtered("is_platform_fulfilled").mapped("child_ref"),
        }

    # === EVALUATION === #

    def _evaluate_holds(self):
        """`{order: reason}` in the language of each shop's responsible person; "" lets the delivery leave."""
        rows = self.line_ids._get_status_rows() | self.env["aliexpress.order.status"]._get_rows(
            set(self.mapped("status"))
        )
        geography = Geography(self.env)
        reasons = {}
        self._apply_tolerance()
        for account, orders in self.grouped("account_id").items():
            # A product that is found by now gets the taxes of the shop's company, whoever asks.
            translated = orders.with_env(account._get_message_env()).with_company(account.company_id)
            problems = translated._match_products()
            told_rows = {code: row.with_context(lang=translated.env.lang) for code, row in rows.items()}
            for order in translated:
                reasons[order.with_env(self.env)] = "\n".join(order._get_hold_reasons(told_rows, problems, geography))
        return reasons

    @api.model
    def _release_holds(self):
        """Mark the held orders whose reason is no longer what it was, so that this run takes them up."""
        domain = self._get_due_domain("sync_orders", calls_gateway=False)
        domain &= (
            Domain("state", "=", "hold") & Domain("is_process_due", "=", False) & Domain("is_detail_due", "=", False)
        )
        portions = [
            (account, ids)
            for account, orders in self.search(domain).grouped("account_id").items()
            for ids in split_every(HOLD_BATCH, orders.ids)
        ]
        # A run may have no time for all of them. Nothing says which were looked at; by chance each gets its turn.
        random.shuffle(portions)
        shop_runs = defaultdict(ShopRun)
        for account, ids in portions:
            self.browse(ids)._run_batch(domain, "_mark_changed_holds", shop_runs[account])
            if not self.env["ir.cron"]._commit_progress():
                return

    def _mark_changed_holds(self):
        for order, reason in self._evaluate_holds().items():
            if reason != (order.hold_reason or ""):
                order.is_process_due = True
