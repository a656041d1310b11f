from odoo import fields, models
from odoo.exceptions import UserError

PERSONAL_FIELDS = (
    "street",
    "street2",
    "city",
    "zip",
    "state_id",
    "vat",
)
# Not needed on an invoice.
CONTACT_FIELDS = ("phone", "email", "comment", "website", "function", "aliexpress_buyer_ref", "aliexpress_address_key")
# By which the orders of a buyer find the contact.
LINK_FIELDS = ("aliexpress_account_id", "aliexpress_buyer_ref")


class ResPartner(models.Model):
    """Buyers' contacts: erased as far as accounting and other uses allow."""

    _inherit = "res.partner"

    aliexpress_is_erased = fields.Boolean(
        string="AliExpress Data Erased", readonly=True, copy=False, groups="base.group_user"
    )

    def action_aliexpress_erase(self):
        """Ask whether the AliExpress data of these contacts and of their orders shall be erased; they must be over."""
        self.check_access("write")
        people, orders = self._aliexpress_find_erasable()
        concerned = orders.partner_id | people.filtered(lambda partner: partner._aliexpress_is_buyer())
        values = {"partner_ids": concerned.ids, "order_ids": orders.ids}
        wizard = self.env["aliexpress.partner.erase"].create(values)
        return wizard._get_records_action(name=self.env._("Erase AliExpress Data"), target="new", context={})

    def _aliexpress_erase_on_request(self):
        """Erase the AliExpress data of these contacts and of their orders; return the notice that says so."""
        self.check_access("write")
        people, orders = self._aliexpress_find_erasable()
        orders._erase_personal_data()
        people._aliexpress_erase()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The AliExpress data was erased. Names and addresses on invoices stay, as the law wants."
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _aliexpress_find_erasable(self):
        """`(contacts, orders)` that belong to these contacts. Raises UserError where nothing may be erased."""
        people = self.with_context(active_test=False).search([("id", "child_of", self.commercial_partner_id.ids)])
        orders = self.env["aliexpress.order"].search([("partner_id", "in", people.ids)])
        if not orders and not people.filtered(lambda partner: partner._aliexpress_is_buyer()):
            raise UserError(
                self.env._("There is no AliExpress data of these contacts: they have bought nothing on AliExpress.")
            )
        open_orders = orders - orders.filtered_domain(orders._get_over_domain())
        if open_orders:
            raise UserError(
                self.env._(
                    "The AliExpress orders %(numbers)s are not over yet, and their data is needed until they are. "
                    "Erase it after they are closed or cancelled.",
                    numbers=", ".join(open_orders.mapped("order_ref")),
                )
            )
        return people, orders

    def _aliexpress_is_buyer(self):
        """Whether the import made this contact. One that people had, and merged a buyer into, keeps what they knew."""
        return bool(self.aliexpress_address_key or self.aliexpress_is_erased)

    def _aliexpress_erase(self):
        """Erase those of these contacts, and of their addresses, that the import made and nothing else needs."""
        # Who may erase orders need not see every invoice or order of the contact: what needs it counts all the same.
        family = self.sudo().with_context(active_test=False, tracking_disable=True, no_vat_validation=True)
        family = family.search([("id", "child_of", family.ids)])
        buyers = family.filtered(lambda partner: partner._aliexpress_is_buyer())
        # Of those that people had, only the way by which orders find them goes.
        linked = (family - buyers).filtered("aliexpress_buyer_ref")
        (linked - linked._aliexpress_get_awaited()).write(dict.fromkeys(LINK_FIELDS, False))
        family = buyers - buyers._aliexpress_get_needed()
        invoiced = family._aliexpress_get_invoiced()
        family.write(dict.fromkeys(CONTACT_FIELDS, False) | {"aliexpress_is_erased": True})
        for partner in family - invoiced:
            name = self.env._("AliExpress buyer %(number)s", number=partner.id)
            partner.write(dict.fromkeys(PERSONAL_FIELDS, False) | {"name": name, "active": False})
        # What people or Odoo wrote about the contact names it.
        (family - invoiced).message_ids.unlink()

    def _aliexpress_get_needed(self):
        """Those of these contacts that somebody needs as they are: their data is not only of orders that are over."""
        numbers = tuple(self.ids)
        needed = self._aliexpress_get_awaited()
        sales = self.env["sale.order"].search(
            [
                "|",
                ("partner_id", "in", numbers),
                ("partner_shipping_id", "in", numbers),
                ("aliexpress_order_id", "=", False),
            ]
        )
        needed |= sales.partner_id | sales.partner_shipping_id
        needed |= self.filtered("user_ids")
        return self & needed

    def _aliexpress_get_awaited(self):
        """Those of these contacts that AliExpress orders name which are not erased."""
        numbers = tuple(self.ids)
        domain = ["|", ("partner_id", "in", numbers), ("sale_order_id.partner_shipping_id", "in", numbers)]
        orders = self.env["aliexpress.order"].search([*domain, ("is_erased", "!=", True)])
        return self & (orders.partner_id | orders.sale_order_id.partner_shipping_id)

    def _aliexpress_get_invoiced(self):
        """Those of these contacts that posted invoices name."""
        numbers = tuple(self.ids)
        moves = self.env["account.move"].search(
            ["|", ("partner_id", "in", numbers), ("partner_shipping_id", "in", numbers), ("state", "=", "posted")]
        )
        return self & (moves.partner_id | moves.partner_shipping_id | moves.commercial_partner_id)
