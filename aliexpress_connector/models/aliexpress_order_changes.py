from odoo import models
from odoo.tools import format_amount

from .res_partner import fits_mask, hides_address, load_address


class AliexpressOrder(models.Model):
    """What AliExpress changed in an order since its sale order was made."""

    _inherit = "aliexpress.order"

    def _get_content(self):
        """What a sale order is made of (JSON): compared later to see whether AliExpress changed it."""
        address = load_address(self.address)
        return {
            "lines": {
                line.child_ref: [
                    line.sku_code or "",
                    line.quantity,
                    line.price_unit,
                    line.amount_seller_discount,
                    line.amount_adjustment,
                ]
                for line in self.line_ids.filtered("quantity")
            },
            "freight": self.amount_freight,
            "difference": self.amount_difference,
            "address": self.env["res.partner"]._aliexpress_get_address_key(address),
            "is_incomplete": not address.street or hides_address(address),
        }

    def _get_changed_lines(self):
        """The lines that AliExpress changed since the sale order was made."""
        if not self.taken_over or self.sale_order_id.state == "cancel":
            return self.line_ids.browse()
        old, new = self.taken_over["lines"], self._get_content()["lines"]
        return self.line_ids.filtered(lambda line: old.get(line.child_ref) != new.get(line.child_ref))

    def _get_changed_kinds(self):
        """What of freight, discounts and accepted difference AliExpress changed (set of the lines' kinds)."""
        old, new = self.taken_over, self._get_content()
        nothing = ["", 0, 0, 0, 0]
        kinds = set()
        for line in self._get_changed_lines():
            before, after = (content["lines"].get(line.child_ref, nothing) for content in (old, new))
            for kind, index in (("discount", 3), ("change", 4)):
                # Another product may have other taxes, and so has its discount.
                if before[index] != after[index] or (after[index] and before[0] != after[0]):
                    kinds.add(kind)
        for name in ("freight", "difference"):
            if self.currency_id.compare_amounts(old.get(name, 0), new[name]):
                kinds.add(name)
        return kinds

    def _describe_changes(self):
        """Texts (translated) of what AliExpress changed since the sale order was made; [] when nothing."""
        old, new = self.taken_over, self._get_content()
        changes = [
            self._describe_line_change(line, old["lines"].get(line.child_ref), new["lines"].get(line.child_ref))
            for line in self._get_changed_lines()
        ]
        if self.currency_id.compare_amounts(old["freight"], new["freight"]):
            changes.append(
                self.env._(
                    "freight is now %(amount)s", amount=format_amount(self.env, new["freight"], self.currency_id)
                )
            )
        if old["address"] != new["address"] and not new["is_incomplete"]:
            changes.append(self.env._("the delivery address is another one"))
        elif old["address"] != new["address"] and self._hides_another_address():
            changes.append(
                self.env._(
                    "the delivery address is another one, which AliExpress still hides (look it up in the seller "
                    "centre and enter it in the delivery address of the sale order)"
                )
            )
        return changes

    def _hides_another_address(self):
        """Whether the sale order's address is readable and not the one that AliExpress hides by now."""
        told, contact = load_address(self.address), self.sale_order_id.partner_shipping_id
        if not hides_address(told) or hides_address(contact):
            return False
        pairs = [(getattr(told, name), contact[name] or "") for name in ("name", "street", "city", "zip")]
        return not all(fits_mask(text, known) for text, known in pairs if text)

    def _describe_line_change(self, line, before, after):
        name = line.sku_code or line.name or line.child_ref
        if not after:
            return self.env._("%(name)s was removed", name=name)
        price = format_amount(self.env, line.price_unit, self.currency_id)
        if not before:
            return self.env._(
                "%(name)s was added: %(quantity)s at %(price)s", name=name, quantity=line.quantity, price=price
            )
        if before[0] != after[0]:
            return self.env._(
                "%(old_name)s was replaced with %(name)s: %(quantity)s at %(price)s",
                old_name=before[0] or "-",
                name=name,
                quantity=line.quantity,
                price=price,
            )
        if before[1] == after[1] and not self.currency_id.compare_amounts(before[2], after[2]):
            return self._describe_reduction_change(name, before, after)
        return self.env._(
            "%(name)s is now %(quantity)s at %(price)s (before: %(old_quantity)s at %(old_price)s)",
            name=name,
            quantity=line.quantity,
            price=price,
            old_quantity=before[1],
            old_price=format_amount(self.env, before[2], self.currency_id),
        )

    def _describe_reduction_change(self, name, before, after):
        """Which of discount and price change of the child order `name` changed."""
        values = {"name": name}
        texts = []
        for index, text in (
            (3, self.env._("your discount on %(name)s is now %(amount)s (before: %(old_amount)s)")),
            (4, self.env._("your price change of %(name)s is now %(amount)s (before: %(old_amount)s)")),
        ):
            if self.currency_id.compare_amounts(before[index], after[index]):
                values["amount"] = format_amount(self.env, after[index], self.currency_id)
                values["old_amount"] = format_amount(self.env, before[index], self.currency_id)
                texts.append(text % values)
        return "; ".join(texts)

    def _get_change_reason(self):
        if not self.sale_order_id or not self.taken_over or self.sale_order_id.state == "cancel":
            return ""
        changes = self._describe_changes()
        if not changes:
            return ""
        return self.env._(
            "AliExpress changed this order after it came to Odoo: %(changes)s. Press Take Over to bring the sale order "
            "in line, or correct it by hand first.",
            changes="; ".join(changes),
        )
