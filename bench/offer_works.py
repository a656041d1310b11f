"""What the worker does inside Odoo for the benchmarks of offers; their catalogue is one product, copied with SQL."""

from odoo import Command
from odoo.tools import SQL, split_every

from odoo.addons.aliexpress_connector.models.aliexpress_offer_prices import OfferPrices

from .plan import FIRST_REF
from .works import analyze

COMPONENTS = 3
# Odoo's price lists look at every rule for every product: few products at once see only the rules that concern them.
PRODUCTS_AT_ONCE = 500


def fill_offers(env, count):
    """`count` products in stock, each listed alone, and AliExpress acknowledged what Odoo wants of them."""
    account = env["aliexpress.account"].search([], limit=1)
    account.family = "solution"  # known after the first call
    product = env["product.product"].create(
        {"name": "Offered", "default_code": "OFFER-0", "is_storable": True, "list_price": 10}
    )
    quant = env["stock.quant"].create(
        {"product_id": product.id, "location_id": account.warehouse_id.lot_stock_id.id, "quantity": 100}
    )
    listing = env["aliexpress.listing"].create(
        {
            "account_id": account.id,
            "product_tmpl_id": product.product_tmpl_id.id,
            "product_ref": str(FIRST_REF),
            "state": "online",
            "sku_ids": [Command.create({"product_id": product.id, "sku_code": "OFFER-0"})],
        }
    )
    sku = listing.sku_ids
    sku.write({"quantity_sent": sku.quantity_wanted, "price_sent": sku.price_wanted, "sale_price_sent": 0})
    code = "'OFFER-' || n"
    template_id = _multiply(product.product_tmpl_id, count, default_code=code)
    product_id = _multiply(product, count, default_code=code, product_tmpl_id=f"{template_id} + n")
    env.cr.execute(
        SQL(
            """
            INSERT INTO product_taxes_rel (prod_id, tax_id)
            SELECT %s + n, tax_id FROM product_taxes_rel, generate_series(1, %s) n WHERE prod_id = %s
            """,
            template_id,
            count - 1,
            product.product_tmpl_id.id,
        )
    )
    _multiply(quant, count, product_id=f"{product_id} + n")
    listing_id = _multiply(listing, count, product_tmpl_id=f"{template_id} + n", product_ref=f"({FIRST_REF} + n)::text")
    _multiply(sku, count, listing_id=f"{listing_id} + n", product_id=f"{product_id} + n", sku_code=code)
    # As long ago as in a running company.
    for table in ("product_product", "product_template", "stock_quant", "stock_move", "aliexpress_listing_sku"):
        env.cr.execute(SQL("UPDATE %s SET write_date = write_date - interval '1 day'", SQL.identifier(table)))
    env.cr.execute("UPDATE aliexpress_listing SET offer_change_date = offer_change_date - interval '1 day'")
    env.cr.commit()
    analyze(env)


def _multiply(record, count, **columns):
    """Copy the row of `record` for each `n` from 1 to `count` - 1, with these columns as SQL. Ids are its own + `n`."""
    record.env.flush_all()
    table, env = record._table, record.env
    names = env.execute_query(
        SQL(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s AND column_name <> 'id' AND is_generated = 'NEVER'",
            table,
        )
    )
    names = [name for (name,) in names]
    env.cr.execute(
        SQL(
            "INSERT INTO %s (id, %s) SELECT %s + n, %s FROM %s source, generate_series(1, %s) n WHERE source.id = %s",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, names)),
            record.id,
            SQL(", ").join(SQL(columns[name]) if name in columns else SQL.identifier("source", name) for name in names),
            SQL.identifier(table),
            count - 1,
            record.id,
        )
    )
    env.cr.execute(SQL("SELECT setval(%s, %s)", f"{table}_id_seq", record.id + count))
    env.invalidate_all()
    return record.id


def get_offered(env):
    """The products of `fill_offers`."""
    rows = env.execute_query(SQL("SELECT id FROM product_product WHERE default_code LIKE 'OFFER-%%' ORDER BY id"))
    return env["product.product"].browse(product_id for (product_id,) in rows)


def read_quantities_and_prices(env):
    """The floor: the fastest plain calls for what a shop offers."""
    account = env["aliexpress.account"].search([], limit=1)
    products = get_offered(env)
    products.with_context(warehouse_id=account.warehouse_id.ids)._compute_quantities_dict(None, None, None)
    read_prices(env)
    return len(products)


def read_prices(env):
    """The floor of prices: the shop's pricelist, in the chunks in which it is fastest."""
    account = env["aliexpress.account"].search([], limit=1)
    products = get_offered(env)
    for ids in split_every(PRODUCTS_AT_ONCE, products.ids):
        account.pricelist_id._get_products_price(products.browse(ids), 1.0)


def compute_prices(env):
    """The price part of a comparison."""
    OfferPrices(env["aliexpress.account"].search([], limit=1)).get_prices(get_offered(env).ids)


def forget_comparison(env):
    """The hourly comparison is due."""
    env["aliexpress.account"].search([])._compare_all_offers()
    env.cr.commit()


def push_offers(env):
    """Run the job as the scheduler would until nothing is due; how many SKUs are not as in Odoo then."""
    job = env.ref("aliexpress_connector.ir_cron_push_offers")
    job.method_direct_trigger()
    env.cr.commit()
    Sku = env["aliexpress.listing.sku"]
    return Sku.search_count(["|", ("is_quantity_due", "=", True), ("is_price_due", "=", True)])


def compare_everything(env):
    """The comparison alone."""
    env["aliexpress.listing"]._compare_everything()


def change_offered_stock(env, count):
    """One unit fewer of the first `count` products."""
    location = env["aliexpress.account"].search([], limit=1).warehouse_id.lot_stock_id
    for product in get_offered(env)[:count]:
        env["stock.quant"]._update_available_quantity(product, location, -1)


def set_sale_discount(env, percent):
    """Odoo sets the sale prices, and AliExpress has them already."""
    env["aliexpress.account"].search([], limit=1).sale_discount = percent
    env.flush_all()
    acknowledge_everything(env)


def change_prices(env, count):
    """A new list price of the first `count` products."""
    for product in get_offered(env)[:count]:
        product.list_price += 1


def enrich_shop(env, orders):
    """A shop with a sale pricelist, prices for one country and `orders` open orders that Odoo has not reserved."""
    account = env["aliexpress.account"].search([], limit=1)
    pricelists = env["product.pricelist"].create(
        [
            {"name": name, "item_ids": [Command.create({"compute_price": "percentage", "percent_price": percent})]}
            for name, percent in (("Sale", 20), ("France", -5))
        ]
    )
    country = {
        "country_id": env.ref("base.fr").id,
        "pricelist_id": pricelists[1].id,
        "sale_pricelist_id": pricelists[0].id,
    }
    account.write(
        {
            "sale_discount": 0,
            "sale_pricelist_id": pricelists[0].id,
            "country_price_ids": [Command.create(country)],
        }
    )
    listings = env["aliexpress.listing"].search([("account_id", "=", account.id)], limit=orders)
    env["aliexpress.order"].with_context(tracking_disable=True).create(
        [
            {
                "account_id": account.id,
                "order_ref": str(number),
                "stage": "waiting_shipment",
                "status": "-",
                "is_detail_due": False,
                "line_ids": [
                    Command.create(
                        {
                            "child_ref": f"8{number}",
                            "product_ref": listing.product_ref,
                            "sku_code": listing.sku_ids.sku_code,
                            "product_id": listing.sku_ids.product_id.id,
                            "quantity": 1,
                        }
                    )
                ],
            }
            for number, listing in enumerate(listings, start=9_000_000)
        ]
    )
    env.cr.commit()
    analyze(env)


def acknowledge_everything(env):
    """AliExpress has what Odoo wants."""
    forget_comparison(env)
    env["aliexpress.listing"]._compare_everything()
    env.cr.execute(
        """
        UPDATE aliexpress_listing_sku
           SET quantity_sent = quantity_due, is_quantity_due = FALSE WHERE is_quantity_due;
        UPDATE aliexpress_listing_sku
           SET price_sent = price_due, sale_price_sent = sale_price_due, country_prices_sent = country_prices_due,
               is_price_due = FALSE
         WHERE is_price_due
        """
    )
    env.cr.commit()
    env.invalidate_all()


def read_rich(env):
    """The floor of `enrich_shop`: the quantities, and the prices of each of its pricelists."""
    account = env["aliexpress.account"].search([], limit=1)
    products = get_offered(env)
    products.with_context(warehouse_id=account.warehouse_id.ids)._compute_quantities_dict(None, None, None)
    lines = account.country_price_ids
    for pricelist in (account.pricelist_id, account.sale_pricelist_id, lines.pricelist_id, lines.sale_pricelist_id):
        for ids in split_every(PRODUCTS_AT_ONCE, products.ids):
            pricelist._get_products_price(products.browse(ids), 1.0)


def make_kits(env, count):
    """The last `count` products become kits of those before them."""
    products = get_offered(env)
    components = products[: count * COMPONENTS]
    env["mrp.bom"].create(
        [
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": components[(number * COMPONENTS + part) % len(components)].id})
                    for part in range(COMPONENTS)
                ],
            }
            for number, kit in enumerate(products[-count:])
        ]
    )
    env.cr.commit()
    analyze(env)


def switch_kits(env, is_on):
    """The kits are kits, or plain products."""
    env.cr.execute(SQL("UPDATE mrp_bom SET active = %s WHERE type = 'phantom'", is_on))
    env.cr.commit()


def make_pricelists(env, rules):
    """Two pricelists for all products: one with a single rule, one with `rules` more for products of their own."""
    general = {"applied_on": "3_global", "compute_price": "percentage", "percent_price": 10}
    products = get_offered(env)
    own = [
        {"applied_on": "0_product_variant", "product_id": product.id, "compute_price": "fixed", "fixed_price": 8}
        for product in products[:: max(len(products) // rules, 1)][:rules]
    ]
    pricelists = env["product.pricelist"].create(
        [
            {"name": "One rule", "item_ids": [Command.create(general)]},
            {"name": "Many rules", "item_ids": [Command.create(values) for values in [general, *own]]},
        ]
    )
    env.cr.commit()
    analyze(env)
    return pricelists.ids


def choose_pricelist(env, pricelist_id):
    """The shop's prices come from this pricelist."""
    env["aliexpress.account"].search([], limit=1).pricelist_id = pricelist_id
    env.cr.commit()
