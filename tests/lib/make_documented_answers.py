"""Write aliexpress_connector/lib/documented_answers.json from the samples of AliExpress' documentation in data/ and
from what the local gateway, written from the same documentation, answers:

    python tests/lib/make_documented_answers.py
"""

import json
import pathlib
import sys
import types

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
# The addon's own __init__ would import Odoo.
sys.modules["aliexpress_connector"] = types.ModuleType("aliexpress_connector")
sys.modules["aliexpress_connector"].__path__ = [str(ROOT / "aliexpress_connector")]

from aliexpress_connector.lib import diagnosis  # noqa: E402
from aliexpress_connector.lib.answer_shape import get_shape  # noqa: E402
from aliexpress_connector.lib.catalogue_values import STATUSES, SkuQuantity, StockChange  # noqa: E402
from aliexpress_connector.lib.errors import AliexpressError  # noqa: E402
from aliexpress_connector.lib.families import FAMILIES  # noqa: E402
from aliexpress_connector.lib.feed_values import FEED_STOCK, FeedItem  # noqa: E402
from aliexpress_connector.lib.normalize import unwrap  # noqa: E402
from aliexpress_connector.lib.times import from_timestamp  # noqa: E402
from aliexpress_sandbox import Sandbox  # noqa: E402

DATA = pathlib.Path(__file__).parent / "data"
SAMPLES = {
    "carriers": "aliexpress.logistics.redefining.listlogisticsservice",
    "general_address": "aliexpress.trade.seller.order.decrypt",
    "general_order": "aliexpress.trade.new.redefining.findorderbyid",
    "general_order_list": "aliexpress.trade.seller.orderlist.get",
    "solution_order": "aliexpress.solution.order.info.get",
    "solution_order_list": "aliexpress.solution.order.get",
}


def plain(value):
    """`value` with lists that are wrapped in an object as plain lists."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        if len(value) == 1 and isinstance(next(iter(value.values())), list):
            return plain(next(iter(value.values())))
        return {key: plain(inner) for key, inner in value.items() if inner != {}}
    return value


def read_everything(client):
    """Read each order, product and feed of the shop once."""
    now = from_timestamp(client.transport.clock())
    for finished in (False, True):
        for row in client.list_orders(now - diagnosis._WINDOW, now, finished=finished).rows:
            detail = client.get_order(row.order_ref)
            client.reveal_address(row.order_ref, detail.address_key)
    if client.has_catalogue:
        for status in STATUSES:
            for row in client.list_products(status).rows:
                sku = client.get_product(row.product_ref).skus[0].sku_code
                change = StockChange(row.product_ref, (SkuQuantity(sku, 1),))
                feed = client.submit_feed(FEED_STOCK, [FeedItem("1", change, row.product_ref)]) if sku else ""
        client.get_feed(feed)
        client.list_feeds()


def main():
    answers = {}
    for name, method in SAMPLES.items():
        answers[method] = [plain(unwrap(json.loads((DATA / f"{name}.json").read_text())))]
    with Sandbox("default") as sandbox:
        for app in sandbox.world.apps.values():
            tokens = sandbox.issue_token(shop=app.shops[0], app=app)
            transport = diagnosis.ObservedTransport(app.key, app.secret, tokens.access_token, gateway_url=sandbox.url)
            diagnosis.diagnose(transport, FAMILIES)
            for family in FAMILIES.values():
                try:
                    read_everything(family(transport))
                except AliexpressError as error:
                    print(app.key, family.name, error)
            for method, answer in transport.seen:
                if answer:
                    answers.setdefault(method, []).append(unwrap(answer))
    shapes = {method: get_shape(found) for method, found in sorted(answers.items())}
    text = json.dumps(shapes, indent=1, ensure_ascii=True)
    (ROOT / "aliexpress_connector" / "lib" / "documented_answers.json").write_text(text + "\n")
    print(len(shapes), "methods")


if __name__ == "__main__":
    main()
