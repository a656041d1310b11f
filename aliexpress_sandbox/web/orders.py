"""Orders and parcels: lists, one order with its buttons, placing an order."""

from werkzeug.utils import redirect

from .. import lifecycle
from ..money import text
from ..order import CLOSED, RISK, TO_SHIP, UNPAID
from ..ordering import BUYERS
from .html import button, esc, page_response, shop_of, table, tag, when

ROWS = 200


def order_list(sandbox, request):
    shop = shop_of(sandbox, request)
    status = request.args.get("status")
    found = [o for o in shop.orders.values() if status in (None, "", o.status)]
    found.sort(key=lambda order: (order.created, order.order_id), reverse=True)
    rows = [
        [
            _link(order),
            tag(order.status),
            when(order.created),
            esc(f"{order.buyer.name}, {order.address.country}"),
            esc(", ".join(f"{x.quantity} × {x.sku_code or x.name}" for x in order.lines)),
            f"{text(order.amount, order.currency)} {esc(order.currency)}",
            when(order.deadline),
        ]
        for order in found[:ROWS]
    ]
    heads = ["Order", "Status", "Placed", "Buyer", "Pieces", "#Amount", "Deadline"]
    more = f"<p>{len(found) - ROWS} more are not shown.</p>" * (len(found) > ROWS)
    title = f"Orders {status}" if status else "Orders"
    body = table(heads, rows, "No orders here.") + more
    new = f'<p><a href="/place?shop={shop.seller_id}">Place an order</a></p>'
    return page_response(title, new + body, shop)


def order_page(sandbox, request, order_id):
    shop, order = sandbox.find_order(_number(order_id), request.args.get("shop"))
    body = (
        f'<div class="card">{tag(order.status)} {_reason(order)}<br>'
        f"{_buttons(order)}</div>"
        f"<h2>Lines</h2>{_lines(order)}<h2>Money</h2>{_money(order)}"
        f"<h2>Buyer</h2>{_buyer(order)}<h2>Declared parcels</h2>{_parcels(order)}"
        f"<h2>History</h2>{_history(order)}"
    )
    return page_response(f"Order {order.order_id}", body, shop)


def order_action(sandbox, request, order_id, action):
    """A button of the order page: the action's arguments are the form's fields."""
    _shop, order = sandbox.find_order(_number(order_id), request.args.get("shop"))
    if action not in lifecycle.ACTIONS:
        raise LookupError(f"there is no button {action}")
    values = request.form.to_dict()
    for name in ("to_risk", "refund"):
        if name in values:
            values[name] = values[name] == "1"
    sandbox.act(order, action, **values)
    return redirect(f"/orders/{order.order_id}", 303)


def parcels_page(sandbox, request):
    shop = shop_of(sandbox, request)
    rows = [[_link(order), *_parcel_cells(parcel)] for order in shop.orders.values() for parcel in order.parcels]
    heads = ["Order", *PARCEL_HEADS]
    return page_response("Shipments", table(heads, rows[::-1], "Nothing declared."), shop)


def place_form(sandbox, request):
    shop = shop_of(sandbox, request)
    wanted = request.args.get("sku")
    choices = [("", "–")]
    for product in shop.products.values():
        if product.status != "onSelling":
            continue
        for sku in product.skus:
            key = f"{product.product_id}|{sku.sku_id}"
            label = (
                f"{product.subject} · {sku.sku_code or sku.sku_id} · "
                f"{sku.buyer_price} {product.currency} · {sku.stock} left"
            )
            choices.append((key, label))
    first = wanted or (choices[1][0] if len(choices) > 1 else "")
    lines = "".join(
        f"<p>{_select(f'sku{index}', choices, first if index == 1 else '')} × "
        f'<input name="quantity{index}" type="number" min="1" value="1" '
        'style="width:5rem"></p>'
        for index in (1, 2, 3)
    )
    countries = [(code, f"{code} – {data[2]}") for code, data in BUYERS.items()]
    body = (
        '<form class="card" method="post" action="/place">'
        f'<input type="hidden" name="shop" value="{shop.seller_id}">{lines}'
        f"<label>Country {_select('country', countries, shop.country)}</label>"
        '<label>Buyer\'s first name <input name="first_name"></label>'
        '<label>Note <input name="memo" size="30"></label>'
        '<p><label><input type="checkbox" name="pay" value="1"> pay at once</label></p>'
        '<p><button class="main">Place order</button></p></form>'
    )
    return page_response("Place an order", body, shop)


def place(sandbox, request):
    shop, form = shop_of(sandbox, request), request.form
    lines = []
    for index in (1, 2, 3):
        key = form.get(f"sku{index}")
        if key:
            product_id, sku_id = key.split("|", 1)
            quantity = int(form.get(f"quantity{index}") or 1)
            lines.append({"sku": sku_id, "product_id": int(product_id), "quantity": quantity})
    if not lines:
        raise ValueError("Choose at least one article.")
    first_name = form.get("first_name", "").strip()
    country = form.get("country") or shop.country
    buyer = {"first_name": first_name} if first_name else {}
    if first_name:
        buyer["login"] = f"{country.lower()}{sum(first_name.encode()):010d}buyer"
    order = sandbox.place_order(
        lines,
        shop=shop,
        country=country,
        buyer=buyer,
        memo=form.get("memo", ""),
        pay=bool(form.get("pay")),
        check_stock=True,
    )
    return redirect(f"/orders/{order.order_id}", 303)


def _link(order):
    return f'<a href="/orders/{order.order_id}">{order.order_id}</a>'


def _number(order_id):
    if not order_id.isdigit():
        raise LookupError(f"no order {order_id}")
    return int(order_id)


def _select(name, choices, chosen):
    options = "".join(
        f'<option value="{esc(key)}"{" selected" if key == chosen else ""}>{esc(label)}</option>'
        for key, label in choices
    )
    return f'<select name="{name}">{options}</select>'


def _reason(order):
    parts = [order.end_reason, order.cancel_reason]
    if order.deadline:
        parts.append(f"deadline {order.deadline:%Y-%m-%d %H:%M} UTC")
    return esc(" · ".join(part for part in parts if part))


def _buttons(order):
    """What buyer, seller and platform can do now, each as a button."""
    at = f"/orders/{order.order_id}/"
    status, found = order.status, []
    if status in UNPAID or status == "WAIT_COMPLETE_ADDRESS":
        found.append(button(at + "pay", "Buyer pays", main=True))
        found.append(button(at + "pay", "Pays, risk check first", to_risk=1))
    if status in UNPAID | RISK:
        found.append(button(at + "cancel", "Buyer cancels"))
    if status in RISK:
        found.append(button(at + "release", "Risk check passed", main=True))
        found.append(button(at + "reject", "Risk check failed"))
    if status == "WAIT_SELLER_SEND_GOODS":
        found.append(button(at + "request_cancel", "Buyer asks for cancellation"))
    if status == "IN_CANCEL":
        found.append(button(at + "withdraw_cancel", "Buyer withdraws the request"))
        found.append(button(at + "accept_cancel", "Seller accepts in seller centre"))
    if status in TO_SHIP:
        found.append(button(at + "ship", "Seller ships in seller centre"))
    if status == "WAIT_BUYER_ACCEPT_GOODS":
        found.append(button(at + "confirm", "Buyer confirms receipt", main=True))
    if status in TO_SHIP | {"WAIT_BUYER_ACCEPT_GOODS", "FUND_PROCESSING"}:
        found.append(button(at + "dispute", "Buyer opens dispute"))
    if status == "IN_ISSUE":
        found.append(button(at + "close_dispute", "Dispute withdrawn"))
        found.append(button(at + "close_dispute", "Dispute ends with refund", refund=1))
    if status == "FUND_PROCESSING":
        found.append(button(at + "settle", "Money is paid out: finish", main=True))
    if status == "IN_FROZEN":
        found.append(button(at + "unfreeze", "Unfreeze", main=True))
    elif status not in CLOSED:
        found.append(button(at + "freeze", "Platform freezes"))
    if order.deadline and status != "IN_ISSUE":
        found.append(button(at + "expire", "Let the deadline pass"))
    return "".join(found)


def _lines(order):
    rows = [
        [
            f"{line.sort_index}<br><small class=quiet>{line.child_id}</small>",
            f"{esc(line.name)}<br><small class=quiet>{esc(line.sku_code)} {esc(line.sku_id)}</small>",
            str(line.quantity),
            text(line.price, order.currency),
            text(line.total, order.currency),
            tag(line.status) + (" AliExpress ships" if line.by_platform else ""),
        ]
        for line in order.lines
    ]
    heads = ["Line", "Article", "#Pieces", "#Price", "#Total", "Status"]
    return table(heads, rows, "No lines.")


def _money(order):
    rows = [
        ["Products", order.products_total],
        ["Freight", order.freight],
        ["Seller's discounts", -order.discount("SELLER")],
        ["Platform's discounts", -order.discount("PLATFORM")],
        ["Price changes", order.adjust + sum(line.adjust for line in order.lines)],
        ["Order amount", order.amount],
        ["Buyer pays", order.paid_amount],
    ]
    shown = [[esc(name), text(amount, order.currency)] for name, amount in rows]
    return table(["", f"#{order.currency}"], shown, "")


def _buyer(order):
    address = order.address
    place = " ".join(part for part in (address.zip, address.city, address.province) if part)
    lines = [
        order.buyer.login,
        address.contact_person,
        address.detail_address,
        address.address2,
        place,
        address.country,
        f"{address.phone_country} {address.mobile_no or address.phone_number}",
        f"Note: {order.memo}" if order.memo else "",
    ]
    return f'<div class="card">{"<br>".join(esc(x) for x in lines if x.strip())}</div>'


PARCEL_HEADS = ["Number", "Carrier", "Lines", "Send type", "Declared", "By", "Website"]


def _parcel_cells(parcel):
    lines = ", ".join(map(str, parcel.lines))
    changed = f" (changed {parcel.changes}×)" if parcel.changes else ""
    return [
        f"<b>{esc(parcel.logistics_no)}</b>{changed}",
        esc(parcel.service_name),
        esc(lines),
        esc(parcel.send_type),
        when(parcel.at),
        f"<small>{esc(parcel.method)}</small>",
        esc(parcel.tracking_website),
    ]


def _parcels(order):
    rows = [_parcel_cells(parcel) for parcel in order.parcels]
    return table(PARCEL_HEADS, rows, "Nothing declared yet.")


def _history(order):
    lines = "<br>".join(esc(line) for line in reversed(order.history))
    return f'<div class="card"><small>{lines or "nothing yet"}</small></div>'


PAGES = [
    ("GET", "/orders", order_list),
    ("GET", "/orders/<id>", order_page),
    ("POST", "/orders/<id>/<action>", order_action),
    ("GET", "/shipments", parcels_page),
    ("GET", "/place", place_form),
    ("POST", "/place", place),
]
