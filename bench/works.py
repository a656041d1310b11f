"""What the workers do inside Odoo. Each work gets an environment and commits as often as it would in real life."""

from datetime import timedelta

from odoo import Command, fields
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from . import plan

BATCH = 50


# --- Preparation ------------------------------------------------------------------------------------------------------


def prepare(env, orders):
    """Products in stock and a company that has sold before, as the database of a running company would be."""
    products = env["product.product"].create(
        [
            {"name": f"Product {number}", "default_code": plan.code(number), "is_storable": True, "list_price": 10}
            for number in range(plan.PRODUCTS)
        ]
    )
    location = env["stock.warehouse"].search([], limit=1).lot_stock_id
    env["stock.quant"].with_context(inventory_mode=True).create(
        [{"product_id": product.id, "location_id": location.id, "inventory_quantity": 1000000} for product in products]
    ).action_apply_inventory()
    env.cr.commit()
    # Without statistics the server takes the tables for empty and reads them entirely for each order.
    for _part in range(2):
        sell_plainly(env, orders // 2)
        analyze(env)


def connect(env, url, access_token, refresh_token):
    """A shop of the local gateway; what it sells are the products of `prepare`."""
    now = fields.Datetime.now()
    env["ir.config_parameter"].set_param("aliexpress_connector.gateway_url", url)
    env["aliexpress.account"].create(
        {
            "name": "Benchmark",
            "app_key": "501234",
            "app_secret": "helloworldsecret",
            "access_token": access_token,
            "refresh_token": refresh_token,
            "access_token_expiry": now + timedelta(days=20),
            "authorization_expiry": now + timedelta(days=40),
            "state": "connected",
            "warehouse_id": env["stock.warehouse"].search([], limit=1).id,
            "order_start_date": now - timedelta(hours=1),
        }
    )


def analyze(env):
    """What the server would find out about its tables by itself within a minute."""
    env.cr.execute("ANALYZE")


# --- Sale orders ------------------------------------------------------------------------------------------------------


def sell_plainly(env, count, confirm=True):
    """The floor: new customers and their sale orders by plain calls, one commit a batch of 50."""
    products = env["product.product"].search([("default_code", "=like", plan.code("%"))], order="id")
    state = env["res.country.state"].search([("country_id.code", "=", "ES")], limit=1)
    for numbers in split_every(BATCH, range(count)):
        customers = env["res.partner"].create([prepare_customer(number, state) for number in numbers])
        sale_orders = env["sale.order"].create(
            [
                {
                    "partner_id": customer.id,
                    "client_order_ref": f"Plain {number}",
                    "order_line": [
                        Command.create(
                            {"product_id": products[index].id, "product_uom_qty": 1, "price_unit": plan.PRICE / 1.21}
                        )
                        for index in plan.product_numbers(number)
                    ],
                }
                for number, customer in zip(numbers, customers, strict=True)
            ]
        )
        if confirm:
            sale_orders.action_confirm()
        env.cr.commit()


def prepare_customer(number, state):
    """Values of a new customer: what the import knows of its buyers."""
    return {
        "name": f"Ana Perez {number}",
        "street": plan.STREET % number,
        "city": "Madrid",
        "zip": "28013",
        "state_id": state.id,
        "country_id": state.country_id.id,
        "phone": "+34612345678",
        "company_id": state.env.company.id,
    }


def import_orders(env):
    """Run the two jobs of orders as the scheduler would until nothing is left to do."""
    orders = env["aliexpress.order"]
    run_job(env, "fetch_orders", orders._get_due_domain("sync_orders") & Domain("is_detail_due", "=", True))
    run_job(env, "process_orders", orders._get_process_domain())


def run_job(env, name, domain):
    """Run a scheduled action until no order of `domain` is left."""
    job = env.ref(f"aliexpress_connector.ir_cron_{name}")
    while True:
        job.method_direct_trigger()
        env.cr.commit()
        if not env["aliexpress.order"].search_count(domain, limit=1):
            return


def count_orders(env):
    """How many orders have come to which state, with which state of their sale orders."""
    rows = env.execute_query_dict(
        SQL(
            """SELECT inbox.state, sale_order.state AS sale_state, COUNT(*) AS count
                 FROM aliexpress_order inbox LEFT JOIN sale_order ON sale_order.id = inbox.sale_order_id
             GROUP BY 1, 2"""
        )
    )
    return {f"{row['state']}, {row['sale_state']}": row["count"] for row in rows}


# --- People at work ---------------------------------------------------------------------------------------------------


def list_products(env):
    """The products of `prepare` are listed in the shop, each alone, and AliExpress acknowledged what it has of them."""
    products = env["product.product"].search([("default_code", "=like", plan.code("%"))], order="id")
    account = env["aliexpress.account"].search([], limit=1)
    listings = env["aliexpress.listing"].create(
        [
            {
                "account_id": account.id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_ref": str(1000 + number),
                "state": "online",
                "sku_ids": [Command.create({"product_id": product.id, "sku_code": product.default_code})],
            }
            for number, product in enumerate(products)
        ]
    )
    return len(listings)


def pack(env, count):
    """The newest deliveries get a delivery method and a number; where there is a shop they are of its orders."""
    pickings = search_waiting(env, count, "id desc")
    product = env["product.product"].search([("default_code", "=like", plan.code("%"))], limit=1)
    carrier = env["delivery.carrier"].create({"name": "Correos", "product_id": product.id})
    for number, picking in enumerate(pickings):
        picking.write({"carrier_id": carrier.id, "carrier_tracking_ref": f"PQ{number:011d}"})
    if "aliexpress.order" in env:
        adopt(env, pickings, carrier)
    return len(pickings)


def adopt(env, pickings, carrier):
    """Inbox orders for the sale orders of these deliveries, as the import leaves them, and a carrier for the method."""
    account = env["aliexpress.account"].search([], limit=1)
    service = env["aliexpress.logistics.service"].search([("account_id", "=", account.id)], limit=1)
    values = {"name": "Correos", "tracking_regex": "^[A-Z0-9]{13,23}$", "carrier_id": carrier.id}
    if service:
        service.write(values)
    else:
        service.create(values | {"account_id": account.id, "code": "SPAIN_LOCAL_CORREOS"})
    for sale_order in pickings.sale_id:
        sale_order.aliexpress_order_id = env["aliexpress.order"].create(
            {
                "account_id": account.id,
                "order_ref": str(9_000_000_000 + sale_order.id),
                "status": "WAIT_SELLER_SEND_GOODS",
                "stage": "waiting_shipment",
                "state": "done",
                "is_detail_due": False,
                "sale_order_id": sale_order.id,
                "ship_deadline": fields.Datetime.now() + timedelta(days=3),
            }
        )


def search_waiting(env, count, order):
    return env["stock.picking"].search(
        [("state", "=", "assigned"), ("picking_type_code", "=", "outgoing")], order=order, limit=count
    )


def validate_together(env, count):
    """Validate the newest deliveries in one call."""
    pickings = search_waiting(env, count, "id desc")
    if pickings.with_context(skip_sms=True).button_validate() is not True:
        raise RuntimeError("a delivery asked something instead of being validated")
    return len(pickings)


def validate_deliveries(env, count):
    """Validate deliveries that wait, one after the other, as people do."""
    pickings = search_waiting(env, count, "id")
    for picking in pickings.with_context(skip_sms=True):
        if picking.button_validate() is not True:
            raise RuntimeError(f"{picking.name} asked something instead of being validated")
        env.cr.commit()
    return len(pickings)


def change_stock(env, count):
    """Count products one after the other, each time finding another quantity."""
    domain = [("product_id.default_code", "=like", plan.code("%")), ("location_id.usage", "=", "internal")]
    quants = env["stock.quant"].with_context(inventory_mode=True).search(domain, order="id")
    for number in range(count):
        quant = quants[number % len(quants)]
        quant.inventory_quantity = quant.quantity + 1
        quant.action_apply_inventory()
        env.cr.commit()
    return count


def sell_one_by_one(env, count):
    """Make and confirm sale orders of one customer one after the other, as people do."""
    products = env["product.product"].search([("default_code", "=like", plan.code("%"))], order="id")
    customer = env["res.partner"].search([("name", "=like", "Ana Perez %")], limit=1)
    for number in range(count):
        lines = [
            Command.create({"product_id": products[index].id, "product_uom_qty": 1})
            for index in plan.product_numbers(number)
        ]
        env["sale.order"].create({"partner_id": customer.id, "order_line": lines}).action_confirm()
        env.cr.commit()
    return count


def hand_over_parcels(env):
    """Every waiting delivery of AliExpress orders leaves with a carrier and a tracking number."""
    account = env["aliexpress.account"].search([], limit=1)
    account._refresh_carriers()
    service = env["aliexpress.logistics.service"].search([("code", "=", "SPAIN_LOCAL_CORREOS")], limit=1)
    product = env["product.product"].create({"name": "Delivery", "type": "service"})
    service.carrier_id = env["delivery.carrier"].create({"name": "Correos", "product_id": product.id})
    pickings = env["stock.picking"].search([("state", "=", "assigned"), ("aliexpress_order_id", "!=", False)])
    for number, picking in enumerate(pickings):
        picking.write({"carrier_id": service.carrier_id.id, "carrier_tracking_ref": f"PQ{number:011}"})
    for ids in split_every(BATCH, pickings.ids):
        pickings.browse(ids).with_context(skip_sms=True, skip_backorder=True).button_validate()
        env.cr.commit()


def declare_parcels(env):
    """Run the job as the scheduler would until no parcel is to be declared or read back; how many were."""
    job = env.ref("aliexpress_connector.ir_cron_push_shipments")
    shipments = env["aliexpress.shipment"]
    while True:
        job.method_direct_trigger()
        env.cr.commit()
        if not shipments.search_count(["|", ("state", "=", "pending"), ("is_confirm_due", "=", True)], limit=1):
            return shipments.search_count([("state", "=", "sent")])
