from dataclasses import asdict, replace
from datetime import timedelta
from decimal import Decimal

from odoo import Command, fields, models

from ..lib.errors import UNREADABLE, FixError
from ..lib.totals import get_discount, get_totals
from .record_changes import get_changes
from .res_partner import fits_mask, hides_address, is_masked, load_address, normalise

# What of an address AliExpress may hide later, and what is never lost once it was told.
PERSONAL_FIELDS = ("name", "street", "street2", "phone_number", "mobile", "tax_id", "zip", "city", "province")
# What tells one address from another.
PLACE_FIELDS = ("name", "street", "city", "zip", "country_code")
# A limit of the calls that tell addresses is one of a day, or of a while.
ADDRESS_RETRY = timedelta(hours=1)
PHONE_FIELDS = ("phone_country", "phone_area", "phone_number", "mobile")


class AliexpressOrder(models.Model):
    """How an order's detail is stored."""

    _inherit = "aliexpress.order"

    def _store_details(self, details):
        """Store `{order: (lib Order, lib Address)}`; orders whose content or status changed are to be processed.

        Without an address, because AliExpress fails to tell it for now, the masked one of the order is stored.
        """
        statuses = self.env["aliexpress.order.status"]._get_rows(
            {detail.status for detail, _address in details.values()}
        )
        currencies = self._get_currencies(details)
        orders = self.browse(order.id for order in details)
        sold_before = orders._get_sold_units()
        for order, (detail, address) in details.items():
            values = order._prepare_detail_values(detail, address, statuses[detail.status], currencies)
            is_first = not order.status
            order.with_context(tracking_disable=is_first).write(get_changes(order, values))
        self._store_lines(details)
        # Known at once, what was sold is taken off the stock that is offered, also while the order is not processed.
        orders._match_products()
        orders._note_quantity_changes(sold_before)
        in_odoo = orders.filtered("sale_order_id")
        in_odoo._take_over_revealed_addresses()
        in_odoo._hold_at_once()

    def _hold_at_once(self):
        """Hold deliveries that may not leave any more as soon as it is known, not when the next job has worked on the
        order.
        """
        rows = self.env["aliexpress.order.status"]._get_rows(set(self.mapped("status")))
        for order, reason in self._evaluate_holds().items():
            if not reason and order._get_action(rows) == "cancel":
                message_env = order.account_id._get_message_env()
                reason = message_env._("AliExpress cancelled this order. The sale order is about to be cancelled.")
            if reason:
                order.write({"state": "hold", "hold_reason": reason, "is_process_due": True})

    def _get_currencies(self, details):
        """`{code: res.currency}` of the currencies in these details; what AliExpress pays in is switched on where it
        was not.
        """
        codes = {detail.currency for detail, _address in details.values()}
        codes |= {
            detail.settlement_amount.currency for detail, _address in details.values() if detail.settlement_amount
        }
        currencies = (
            self.env["res.currency"].with_context(active_test=False).search([("name", "in", list(codes - {""}))])
        )
        currencies.filtered(lambda currency: not currency.active).active = True
        return {currency.name: currency for currency in currencies}

    def _prepare_detail_values(self, detail, address, status, currencies):
        # Without its address the order differs from the list: it is read again while AliExpress lists it.
        values = {"list_update_date": False} if address is None else {}
        values["address_retry_at"] = address is None and fields.Datetime.now() + ADDRESS_RETRY
        address = self._keep_unmasked(address or detail.address)
        values |= self._prepare_amount_values(detail, currencies) | self._prepare_values_of_lines(detail.lines)
        values |= {
            "status": detail.status,
            "stage": "cancelled" if status._is_cancelled(detail.end_reason) else status.stage,
            "order_date": detail.created_at or self.order_date,
            "payment_date": detail.paid_at or False,
            "update_date": detail.updated_at or False,
            "end_date": detail.ended_at or False,
            "end_reason": detail.end_reason or False,
            "cancel_reason": detail.cancel_reason or False,
            "is_frozen": detail.frozen,
            "is_disputed": detail.disputed,
            "status_deadline": detail.status_deadline or False,
            "buyer_ref": self._keep_text(self.buyer_ref, detail.buyer_ref),
            "buyer_name": self._keep_text(self.buyer_name, detail.buyer_name),
            "note": detail.note or False,
            "address": asdict(address),
            "parcels": [[parcel.service_code, parcel.tracking_ref] for parcel in detail.parcels],
            "is_detail_due": False,
            "error": False,
            "retry_at": False,
        }
        if status.stage == "waiting_shipment":
            # What AliExpress' own warehouse ships is not ours to declare.
            values["ship_deadline"] = not values["is_platform_fulfilled"] and (
                detail.status_deadline or self._estimate_ship_deadline(detail)
            )
        # A hold lasts until the order has been looked at again: nothing may leave in between.
        values |= {"is_process_due": True} if self.state == "hold" else {"state": "pending"}
        return values

    @staticmethod
    def _prepare_values_of_lines(lines):
        """What child orders say and the whole order shows."""
        return {
            "service_code": next((line.service_code for line in lines if line.service_code), False),
            "service_name": next((line.service_name for line in lines if line.service_name), False),
            "preparation_days": max((line.preparation_days for line in lines), default=0),
            "is_platform_fulfilled": bool(lines) and all(line.is_platform_fulfilled for line in lines),
            "is_gift": any(line.is_gift for line in lines),
        }

    def _prepare_amount_values(self, detail, currencies):
        totals = get_totals(detail)
        settlement = detail.settlement_amount
        currency = currencies.get(detail.currency, self.env["res.currency"])
        difference = Decimal(0)
        if detail.order_amount and currency:
            difference = self._get_accepted_difference(
                currency, detail.order_amount.amount, totals.total, totals.platform_discount
            )
        return {
            "currency_id": currency.id,
            "amount_products": float(totals.products),
            "amount_freight": float(totals.freight),
            "amount_adjustment": float(totals.adjustment),
            "amount_seller_discount": float(totals.seller_discount),
            "amount_platform_discount": float(totals.platform_discount),
            "amount_aliexpress": float(detail.order_amount.amount) if detail.order_amount else 0.0,
            "is_total_told": bool(detail.order_amount),
            "amount_difference": float(difference),
            "amount_total": float(totals.total + difference),
            "is_taxed": detail.tax_already_collected,
            "settlement_amount": float(settlement.amount) if settlement else 0.0,
            "settlement_currency_id": currencies[settlement.currency].id
            if settlement and settlement.currency in currencies
            else False,
        }

    def _get_accepted_difference(self, currency, told, total, platform_discount):
        """What AliExpress' total `told` has more than the order's parts explain, where the shop's tolerance accepts
        it, else 0 (Decimal).
        """
        gap = min(told - total, told - total + platform_discount, key=abs)
        limit = self.account_id._get_tolerance(currency)
        if self.sale_order_id:
            # What a sale order was made with stays accepted when the tolerance is lowered.
            limit = max(limit, Decimal(str(abs(self.amount_difference))))
        return gap if abs(gap) <= limit and not self._is_gap_accepted(float(gap)) else Decimal(0)

    def _apply_tolerance(self):
        """Accept the differences that the shop's tolerance has come to cover since the orders were read."""
        for order in self.filtered(
            lambda order: order.currency_id and order.is_total_told and order._get_unexplained_amount()
        ):
            amounts = (
                order.amount_aliexpress,
                order.amount_total - order.amount_difference,
                order.amount_platform_discount,
            )
            exact = (Decimal(str(amount)) for amount in amounts)
            difference = float(order._get_accepted_difference(order.currency_id, *exact))
            change = order.currency_id.round(difference - order.amount_difference)
            if change:
                order.write({"amount_difference": difference, "amount_total": order.amount_total + change})
                if order.sale_order_id.state in ("draft", "sent"):
                    order.sale_order_id.order_line = [Command.create(order._prepare_amount_line("difference", change))]
                    order.taken_over = order.taken_over | {"difference": difference}

    def _keep_unmasked(self, address):
        """`address` with what is stored already in place of what AliExpress hides or no longer tells, unless it is
        another one.
        """
        stored = load_address(self.address)
        known = {name: text for name, text in asdict(stored).items() if text and not is_masked(text)}
        if not _hides_another(address, known):
            address = replace(address, **_get_kept(address, known))
            if _is_same_recipient(address, stored):
                address = _fill_in(address, known)
        if not address.country_code and stored.country_code:
            address = replace(address, country_code=stored.country_code, phone_country=stored.phone_country)
        return address

    @staticmethod
    def _keep_text(stored, told):
        return stored if stored and (not told or is_masked(told)) else told or False

    def _store_lines(self, details):
        """Bring the lines of the orders to what AliExpress told; a child order that AliExpress no longer lists stays
        with quantity 0.
        """
        values_list = []
        for order, (detail, _address) in details.items():
            known = {line.child_ref: line for line in order.line_ids}
            for line in detail.lines:
                values = self._prepare_line_values(line)
                record = known.pop(line.child_ref, None)
                if record:
                    changes = get_changes(record, values)
                    if "sku_code" in changes:
                        # Another code means another product.
                        changes |= {"product_id": False, "is_linked": False}
                    record.write(changes)
                else:
                    values_list.append(
                        values
                        | {
                            "order_id": order.id,
                            "child_ref": line.child_ref,
                            # These follow from the order; told at once they cost no second statement.
                            "account_id": order.account_id.id,
                            "company_id": order.company_id.id,
                            "currency_id": order.currency_id.id,
                        }
                    )
            for record in known.values():
                record.quantity = 0
        self._check_new_lines(values_list)
        self.env["aliexpress.order.line"].create(values_list)

    def _check_new_lines(self, values_list):
        """Raise FixError when one of these new child orders belongs to another order of the shop already."""
        refs = [values["child_ref"] for values in values_list]
        domain = [("account_id", "in", self.account_id.ids), ("child_ref", "in", refs)]
        taken = self.env["aliexpress.order.line"].search(domain, limit=1) if refs else self.line_ids.browse()
        if taken:
            raise FixError(
                UNREADABLE, f"child order {taken.child_ref} is also a line of order {taken.order_id.order_ref}"
            )

    @staticmethod
    def _prepare_line_values(line):
        return {
            "sort_index": line.sort_index,
            "product_ref": line.product_ref or False,
            "sku_code": line.sku_code or False,
            "name": line.name or False,
            "attributes": line.attributes or False,
            "status": line.status or False,
            "quantity": line.quantity,
            "lot_size": max(line.lot_size, 1),
            "price_unit": float(line.unit_price.amount),
            "amount_seller_discount": float(get_discount(line, "SELLER")),
            "amount_platform_discount": float(get_discount(line, "PLATFORM")),
            "amount_adjustment": float(line.adjustment.amount) if line.adjustment else 0.0,
            "service_code": line.service_code or False,
            "is_platform_fulfilled": line.is_platform_fulfilled,
            "is_gift": line.is_gift,
            "note": line.note or False,
            "commission_rate": line.commission_rate or False,
            "affiliate_rate": line.affiliate_rate or False,
        }


def _hides_another(told, known):
    """Whether `told` (a `lib.values.Address`) hides another address than the one of which `known` ({field: text}) is
    known.
    """
    pairs = [(getattr(told, name), known.get(name)) for name in PLACE_FIELDS]
    return hides_address(told) and any(text and other and not fits_mask(text, other) for text, other in pairs)


def _get_kept(told, known):
    """What of `known` ({field: text}) stands behind the masks of `told` (a `lib.values.Address`); all that may be told
    later where `told` names nobody.
    """
    is_nobody = not (told.street or told.name)
    masks = {name: text for name, text in asdict(told).items() if is_masked(text)}
    return {
        name: known[name]
        for name in PERSONAL_FIELDS
        if name in known and (is_nobody or (name in masks and fits_mask(masks[name], known[name])))
    }


def _is_same_recipient(told, stored):
    """Whether nothing that `told` says of name and street (of a `lib.values.Address`) differs from `stored`."""
    pairs = ((told.name, stored.name), (told.street, stored.street))
    return all(not text or normalise(text) == normalise(known) for text, known in pairs)


def _fill_in(told, known):
    """`told` (a `lib.values.Address`), completed by what is `known` ({field: text}) of this recipient. Whoever has
    another phone number now does not keep the old ones.
    """
    has_other_phone = any(getattr(told, name) not in ("", known.get(name, "")) for name in ("phone_number", "mobile"))
    missing = {name: text for name, text in known.items() if not getattr(told, name)}
    return replace(told, **{name: missing[name] for name in missing if not (has_other_phone and name in PHONE_FIELDS)})
