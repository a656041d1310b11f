"""Mutated answers about the catalogue give a typed result or a typed error, never another exception."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lib_catalogue import ANSWERS, OTHER_PRODUCT, PRODUCT, content, simple
from lib_gateway import SECRET, TOKEN, Gateway
from test_lib_catalogue_read import READS
from test_lib_properties import check, mutated, thoroughly

from aliexpress_connector.lib.catalogue_values import BatchResult, ProductPage, SkuQuantity, StockChange
from aliexpress_connector.lib.errors import AliexpressError
from aliexpress_connector.lib.families import SolutionFamily
from aliexpress_connector.lib.feed_values import FEED_STOCK, FeedItem

REFS = (PRODUCT, OTHER_PRODUCT)
CHANGES = [StockChange(ref, (SkuQuantity("A", 1),)) for ref in REFS]
ACTS = READS | {
    "profile": lambda family: family.get_profile(),
    "upload": lambda family: family.upload_image("a.jpg", b"picture"),
    "created": lambda family: family.create_product(content()),
    "stock_partial": lambda family: family.set_stock(CHANGES),
    "deleted": lambda family: family.delete_products(REFS),
    "offline": lambda family: family.take_off_shelf(REFS),
    "feed_submitted": lambda family: family.submit_feed(FEED_STOCK, [FeedItem("A1", CHANGES[0])]),
}


def check_all(value):
    check(value)
    if isinstance(value, BatchResult):
        told = [*value.accepted, *value.refused, *value.unclear]
        assert sorted(told) == sorted(REFS)
        assert all(isinstance(error, AliexpressError) for error in [*value.refused.values(), *value.unclear.values()])
    if isinstance(value, ProductPage):
        assert value.page_count >= (1 if value.rows else 0)
    if isinstance(value, Decimal):
        assert value.is_finite() and value >= 0
    if isinstance(value, dict):
        for key, item in value.items():
            check_all(key)
            check_all(item)
    if isinstance(value, tuple):
        for item in value:
            check_all(item)
    for name in getattr(value, "__dataclass_fields__", ()):
        check_all(getattr(value, name))


@pytest.mark.parametrize("name", ACTS)
@thoroughly
@given(data=st.data())
def test_mutated_answers(name, data):
    answer = ANSWERS[name]
    answer = data.draw(st.sampled_from([answer, simple(answer)]))
    family = SolutionFamily(Gateway(data.draw(mutated(answer))).transport())
    try:
        check_all(ACTS[name](family))
    except AliexpressError as error:
        assert error.reason and len(error.detail) <= 600
        assert TOKEN not in str(error) and SECRET not in str(error)
