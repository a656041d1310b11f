"""Placing orders: what a buyer does on the shop page, and tests and scenarios in bulk."""

from datetime import timedelta

from . import lifecycle
from .clock import read_moment
from .money import rounded
from .order import Address, Buyer, Discount, Order, OrderLine, Parcel
from .scenario import load

FREIGHT = {"ES": "3.99", "PT": "4.99", "FR": "6.99", "DE": "6.99", "IT": "6.99"}
BUYERS = {
    "ES": ("Ana", "Perez", "Spain", "Madrid", "Madrid", "28001", "+34", "600000000"),
    "PT": ("João", "Silva", "Portugal", "Lisboa", "Lisboa", "1000-001", "+351",
           "910000000"),
    "FR": ("Chloé", "Martin", "France", "Ile-de-France", "Paris", "75001", "+33",
           "612345678"),
    "DE": ("Jörg", "Müller", "Germany", "Berlin", "Berlin", "10115", "+49",
           "15112345678"),
    "IT": ("Giulia", "Rossi", "Italy", "Roma", "Roma", "00118", "+39", "3123456789"),
    "PL": ("Zofia", "Nowak", "Poland", "Mazowieckie", "Warszawa", "00-001", "+48",
           "512345678"),
    "GB": ("Emma", "Smith", "United Kingdom", "England", "London", "SW1A 1AA", "+44",
           "7400123456"),
    "US": ("John", "Doe", "United States", "California", "San Jose", "95110", "+1",
           "4085550100"),
    "BR": ("Luiz", "Souza", "Brazil", "São Paulo", "São Paulo", "01310-100", "+55",
           "11961234567"),
}  # fmt: skip
STREETS = {
    "ES": "Calle Ejemplo 1", "PT": "Rua do Exemplo 2", "FR": "3 rue de l'Exemple",
    "DE": "Beispielstraße 4", "IT": "Via Esempio 5", "PL": "ul. Przykładowa 6",
    "GB": "7 Example Street", "US": "8 Example Avenue", "BR": "Rua Exemplo 9",
}  # fmt: skip
# Statuses of short orders, and the moves that lead there.
PATHS = {
    "PLACE_ORDER_SUCCESS": [],
    "RISK_CONTROL": ["risk"],
    "WAIT_SELLER_SEND_GOODS": ["pay"],
    "SELLER_PART_SEND_GOODS": ["pay", "ship_first"],
    "WAIT_BUYER_ACCEPT_GOODS": ["pay", "ship"],
    "IN_CANCEL": ["pay", "request_cancel"],
    "IN_ISSUE": ["pay", "ship", "dispute"],
    "IN_FROZEN": ["pay", "freeze"],
    "FUND_PROCESSING": ["pay", "ship", "confirm"],
    "FINISH": ["finish"],
}


def place(
    sandbox,
    shop,
    lines=None,
    status=None,
    pay=False,
    created=None,
    end_reason="",
    cancel_reason="",
    **values,
):
    """A new order, placed as a buyer would and moved to where it is wanted.

    :param lines: list of SKU codes, `[code, quantity]`, or dictionaries with `sku` (code
        or id text), `product_id`, `quantity` and any field of OrderLine
    :param status: the status to end in; unknown ones are set by force
    :param pay: paid at once; short for status WAIT_SELLER_SEND_GOODS
    :param created: datetime or text of `read_moment`; default now
    :param values: `country`, `buyer`, `address` (dictionaries, merged into the defaults
        of the country), `check_stock`, and any field of Order
    """
    now = sandbox.clock.now()
    created = read_moment(created, now) if isinstance(created, str) else created
    order = _build(sandbox.world, shop, lines or [None], created or now, values)
    if order.order_id in shop.orders:
        raise ValueError(f"order {order.order_id} exists already")
    shop.orders[order.order_id] = order
    lifecycle.take_stock(shop, order, "place_order_withhold")
    order.deadline = lifecycle.deadline_of(sandbox, shop, order)
    sandbox.order_moved(shop, order, "")
    if pay and not status:
        status = "WAIT_SELLER_SEND_GOODS"
    if status:
        _lead(sandbox, shop, order, status, end_reason, cancel_reason)
        if created:
            _shift_back(sandbox, shop, order, now)
    return order


def _build(world, shop, lines, created, values):
    fields = dict(values)
    country = fields.pop("country", None) or shop.country
    buyer = _buyer(country, fields.pop("buyer", None))
    address = _address(country, buyer, fields.pop("address", None))
    check_stock = fields.pop("check_stock", False)
    order_id = int(fields.pop("order_id", None) or shop.new_order_id())
    defaults = {
        "currency": shop.currency,
        "settlement_currency": shop.currency,
        "freight": FREIGHT.get(country, "9.99"),
    }
    fixed = {
        "order_id": order_id,
        "status": "PLACE_ORDER_SUCCESS",
        "created": created,
        "modified": created,
    }
    order = load(Order, {**defaults, **fields, **fixed}, created, "order")
    order.buyer, order.address = buyer, address
    order.freight = rounded(order.freight, order.currency)
    for index, line in enumerate(lines, 1):
        own = len(lines) > 1 or not shop.single_child_is_parent
        child_id = shop.new_order_id() if own else order_id
        order.lines.append(_line(world, shop, order, index, child_id, line, check_stock))
    if shop.tax_rate and "tax" not in fields:
        order.tax = rounded(order.seller_total * shop.tax_rate, order.currency)
    return order


def _line(world, shop, order, index, child_id, line, check_stock):
    if not isinstance(line, dict):
        code, quantity = line if isinstance(line, (list, tuple)) else (line, 1)
        line = {"sku": code, "quantity": quantity}
    line = dict(line)
    code = line.pop("sku", None)
    product_id = line.get("product_id")
    quantity = int(line.setdefault("quantity", 1))
    if quantity < 1:
        raise ValueError("a quantity must be at least 1")
    values = {"status": order.status, "child_id": child_id, "sort_index": index}
    if "name" not in line:
        product, sku = shop.find_sku(code, product_id and int(product_id))
        if check_stock and sku.stock < quantity:
            raise ValueError(f"only {sku.stock} of {sku.sku_code} are left")
        values.update(_from_listing(world, shop, product, sku))
    else:
        values.update(sku_code=code or "", product_id=0, price="0")
    discounts = line.pop("discounts", [])
    result = load(OrderLine, {**values, **line}, order.created, f"line {index}")
    result.discounts = [load(Discount, item, order.created, "discount") for item in discounts]
    return result


def _from_listing(world, shop, product, sku):
    carrier = shop.carriers[0] if shop.carriers else None
    return {
        "product_id": product.product_id,
        "sku_code": sku.sku_code,
        "sku_id": sku.sku_id,
        "name": product.subject,
        "price": sku.buyer_price,
        "category_id": product.category_id,
        "image": next((p.image for p in sku.properties if p.image), None) or next(iter(product.images), ""),
        "attributes": [
            {
                "order": number,
                "pId": prop.property_id,
                "pName": world.attribute_name(product.category_id, prop.property_id),
                "pValueId": prop.value_id,
                "pValue": world.value_name(product.category_id, prop.property_id, prop.value_id),
                **({"selfDefineValue": prop.name} if prop.name else {}),
            }
            for number, prop in enumerate(sku.properties, 1)
        ],
        "prepare_days": product.prepare_days,
        "logistics_type": carrier.service_name if carrier else "",
        "logistics_service_name": carrier.display_name if carrier else "",
        "send_goods_operator": "WAREHOUSE_SEND_GOODS" if product.platform_warehouse else "SELLER_SEND_GOODS",
        "warehouse_type": "cainiaoInternationalWarehouse" if product.platform_warehouse else "",
    }


def _buyer(country, given):
    first, last, *_rest = BUYERS.get(country, BUYERS["US"])
    defaults = {
        "login": f"{country.lower()}2100000000xyzae",
        "first_name": first,
        "last_name": last,
        "country": country,
    }
    return Buyer(**{**defaults, **(given or {})})


def _address(country, buyer, given):
    known = BUYERS.get(country, BUYERS["US"])
    _first, _last, name, province, city, code, prefix, mobile = known
    defaults = {
        "contact_person": buyer.name,
        "country": country,
        "country_name": name if country in BUYERS else country,
        "province": province,
        "city": city,
        "zip": code,
        "phone_country": prefix,
        "mobile_no": mobile,
        "detail_address": STREETS.get(country, STREETS["US"]),
    }
    return Address(**{**defaults, **(given or {})})


def _lead(sandbox, shop, order, status, end_reason, cancel_reason):
    if status not in PATHS:
        order.paid = order.paid or order.created
        lifecycle.put(sandbox, shop, order, status)
        return
    if status == "FINISH" and end_reason:
        _end(sandbox, shop, order, end_reason)
        return
    for step in PATHS[status]:
        if step in ("risk", "pay"):
            lifecycle.pay(sandbox, shop, order, to_risk=step == "risk")
        elif step == "ship_first":
            _ship_first(sandbox, shop, order)
        elif step == "request_cancel" and cancel_reason:
            lifecycle.request_cancel(sandbox, shop, order, cancel_reason)
        else:
            lifecycle.ACTIONS[step](sandbox, shop, order)


def _end(sandbox, shop, order, reason):
    """Finished for that reason: accepted by the buyer, or closed before."""
    if reason.startswith(("buyer_accept", "buyer_confirm")):
        lifecycle.finish(sandbox, shop, order)
        order.end_reason = reason
        return
    if not reason.startswith(("buyer_pay_timeout", "buyer_cancel_notpay")):
        lifecycle.pay(sandbox, shop, order, to_risk=False)
    lifecycle.close(sandbox, shop, order, reason)


def _ship_first(sandbox, shop, order):
    """The first line is on its way, or, with one line only, part of it."""
    first = order.lines[0]
    carrier = shop.carriers[0].service_name if shop.carriers else "other"
    parcel = Parcel(f"SC{shop.new_number()}", carrier, order.created, [1], "part")
    complete = {first.sort_index} if len(order.lines) > 1 else set()
    lifecycle.declare(sandbox, shop, order, [parcel], complete)


def _shift_back(sandbox, shop, order, now):
    """Spread the moments of a backdated order as if it had lived since then; the last
    change is the latest, never later than now."""
    marks = [order.created + timedelta(minutes=count) for count in (1, 30, 60)]
    paid, modified, late = (min(mark, now) for mark in marks)
    if order.paid:
        order.paid = paid
    order.modified = modified if order.paid else order.created
    if order.sent:
        order.sent = order.modified = late
    if order.ended:
        order.ended = order.modified = late
    for parcel in order.parcels:
        parcel.at = order.modified
        parcel.received = parcel.received and order.modified
    for issue in order.issues:
        issue.created = issue.modified = order.modified
    if order.deadline:
        order.deadline = lifecycle.deadline_of(sandbox, shop, order)
