"""What is sold in the benchmarks: the same for the floor, which makes sale orders, and for the gateway."""

PRODUCTS = 200
LINES = 3
PAGE = 50
PRICE = 12.1
# The first product number of the catalogue that the benchmarks of offers make.
FIRST_REF = 1005000000000000
STREET = "Calle Mayor %s"


def product_numbers(order_number):
    """The products of an order, as numbers from 0 to PRODUCTS - 1."""
    return [(order_number * LINES + line) % PRODUCTS for line in range(LINES)]


def code(product_number):
    """The internal reference of a product, which is its SKU code on AliExpress as well."""
    return f"BENCH-{product_number}"


def placed_order(order_number, status="WAIT_SELLER_SEND_GOODS"):
    """An order of a new buyer for the gateway's control API. No freight: three lines here and in the sale order."""
    lines = [
        {"name": f"Product {number}", "sku": code(number), "product_id": 1000 + number, "price": str(PRICE)}
        for number in product_numbers(order_number)
    ]
    return {
        "lines": lines,
        "status": status,
        "freight": "0",
        "buyer": {"login": f"es{order_number}xyzae", "first_name": "Ana", "last_name": f"Perez {order_number}"},
        "address": {"detail_address": STREET % order_number, "zip": "28013"},
    }
