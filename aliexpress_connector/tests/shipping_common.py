from odoo.fields import Command

from .common import SandboxCase

# What the numbers of the sandbox's carriers look like.
CORREOS = "PQ1234567890{:03d}"
SEUR = "00000000{:04d}"


class ShippingCase(SandboxCase):
    """Deliveries of a shop of the local gateway, with a delivery method for each of two carriers.

    Only the gateway's own ledger says what was declared.
    """

    family = "solution"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.correos = cls.create_carrier("Correos 48")
        cls.seur = cls.create_carrier("SEUR 24")
        cls.account._refresh_carriers()
        cls.map_carrier("SPAIN_LOCAL_CORREOS", cls.correos)
        cls.map_carrier("SPAIN_LOCAL_SEUR", cls.seur)

    def setUp(self):
        super().setUp()
        if self.family == "general":
            self.sandbox.app.denied = ["aliexpress.solution.*"]
        self.account.family = self.family

    @classmethod
    def create_carrier(cls, name, **values):
        product = cls.env["product.product"].create({"name": name, "type": "service"})
        return cls.env["delivery.carrier"].create({"name": name, "product_id": product.id} | values)

    @classmethod
    def map_carrier(cls, code, carrier):
        service = cls.env["aliexpress.logistics.service"].search(
            [("account_id", "=", cls.account.id), ("code", "=", code)]
        )
        service.carrier_id = carrier
        return service

    def push(self):
        """Let the scheduled action run until it has nothing left to do."""
        self.run_job("push_shipments")

    def import_order(self, *lines, **values):
        """Place a paid order and import it; returns (the gateway's order, the inbox order)."""
        placed = self.place(*lines, **values)
        self.import_orders()
        return placed, self.get_order(placed)

    def get_delivery(self, order):
        """The open delivery of an inbox order."""
        return order.sale_order_id.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel") and picking.location_dest_id.usage == "customer"
        )

    def ship(self, delivery, number=False, quantities=None, carrier=None, backorder=True):
        """Validate a delivery, of `{product: quantity}` only where given; returns its backorder."""
        delivery.write({"carrier_id": (carrier or self.correos).id, "carrier_tracking_ref": number})
        if quantities is not None:
            for move in delivery.move_ids:
                move.quantity = quantities.get(move.product_id, 0)
                move.picked = bool(move.quantity)
        context = {"skip_backorder": True, "skip_sms": True}
        if not backorder:
            context["picking_ids_not_to_backorder"] = delivery.ids
        delivery.with_context(**context).button_validate()
        self.assertEqual(delivery.state, "done")
        return delivery.backorder_ids

    def pack(self, delivery, contents, numbers=()):
        """Put `[{product: quantity}, …]` of a delivery into a package each, with numbers where given; returns them."""
        delivery.move_line_ids.unlink()
        packages = self.env["stock.package"].create(
            [{"name": f"{delivery.name}-{index}"} for index, _content in enumerate(contents)]
        )
        for package, content in zip(packages, contents, strict=True):
            for product, quantity in content.items():
                move = delivery.move_ids.filtered(lambda move, product=product: move.product_id == product)
                move.move_line_ids = [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_id": product.uom_id.id,
                            "quantity": quantity,
                            "picking_id": delivery.id,
                            "location_id": delivery.location_id.id,
                            "location_dest_id": delivery.location_dest_id.id,
                            "result_package_id": package.id,
                        }
                    )
                ]
                move.picked = True
        for package, number in zip(packages, numbers, strict=False):
            package.aliexpress_tracking_ref = number
        return packages

    def get_product(self, code):
        return self.products.filtered(lambda product: product.default_code == code)

    def get_ledger(self, placed):
        """What the gateway has of an order: `[(carrier, number, part or all), …]` in the order of declaration."""
        return [
            (parcel.service_name, parcel.logistics_no, parcel.send_type)
            for order_id, parcel in self.sandbox.shipments
            if order_id == placed.order_id
        ]

    def count_declarations(self):
        """How many calls declared or corrected something."""
        names = ("fulfill", "shipmentfortop", "order.shipment", "supportsubtradeorder", "modifyshipment")
        return sum(1 for call in self.sandbox.calls if call.method.endswith(names))
