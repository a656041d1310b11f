"""Bulk work that is done later: submit, ask, list, call off."""

import json
from datetime import timedelta

from ..answers import GatewayError, Items, invalid_parameter
from ..catalogue import offers, publishing
from ..clock import UTC
from ..reading import choice, field, moment, optional, page, required, slice_page
from ..shop import Feed, FeedItem
from . import api
from .products import post_instance, update_instance

OPERATIONS = ("PRODUCT_CREATE", "PRODUCT_FULL_UPDATE", "PRODUCT_STOCKS_UPDATE", "PRODUCT_PRICES_UPDATE")
MAX_ITEMS = 2000
FIRST_JOB = 200000000060024475
QUICK_FEEDS_PER_DAY = 150


@api(
    "aliexpress.solution.feed.submit",
    required("operation_type"),
    required("item_list", list),
    optional("developer_features"),
)
def submit(call):
    operation = choice("operation_type", call["operation_type"], OPERATIONS)
    items = call["item_list"]
    if not 1 <= len(items) <= MAX_ITEMS:
        raise invalid_parameter("item_list", f"must have 1 to {MAX_ITEMS} items")
    found = [
        FeedItem(
            field(item, "item_content_id", required=True),
            _text(item.get("item_content")),
        )
        for item in items
    ]
    if len({item.content_id for item in found}) != len(found):
        raise invalid_parameter("item_list", "has an item_content_id twice")
    shop, now = call.shop, call.now
    recent = [f for f in shop.feeds.values() if f.operation == operation and now - f.submitted < timedelta(days=1)]
    slow = 10 if len(recent) >= QUICK_FEEDS_PER_DAY else 1
    ready = now + timedelta(seconds=call.settings.feed_seconds * slow)
    job_id = max(shop.feeds, default=FIRST_JOB + int(shop.seller_id) % 1000) + 1
    shop.feeds[job_id] = Feed(job_id, operation, now, ready, items=found)
    return {"job_id": job_id}


@api("aliexpress.solution.feed.query", required("job_id", int))
def query(call):
    feed = call.shop.feeds.get(call["job_id"])
    if not feed:
        raise invalid_parameter("job_id", "does not exist")
    if feed.status != "FINISH":
        return {"job_id": feed.job_id}
    return {
        "job_id": feed.job_id,
        "total_item_count": len(feed.items),
        "success_item_count": sum(item.result["success"] for item in feed.items),
        "result_list": Items(
            "single_item_response_dto",
            [
                {
                    "item_content_id": item.content_id,
                    "item_execution_result": json.dumps(item.result, ensure_ascii=False),
                }
                for item in feed.items
            ],
        ),
    }


@api(
    "aliexpress.solution.feed.list.get",
    required("current_page", int),
    required("page_size", int),
    optional("feed_type"),
    optional("status"),
    optional("submitted_time_start"),
    optional("submitted_time_end"),
)
def feed_list(call):
    number, size = page(call.values, biggest=100)
    start = moment(call.values, "submitted_time_start")
    end = moment(call.values, "submitted_time_end")
    found = [
        feed
        for feed in sorted(call.shop.feeds.values(), key=lambda feed: -feed.job_id)
        if call["feed_type"] in (None, feed.operation)
        and call["status"] in (None, feed.status)
        and (start is None or start <= feed.submitted.astimezone(UTC))
        and (end is None or feed.submitted.astimezone(UTC) <= end)
    ]
    rows, count, pages = slice_page(found, number, size)
    return {
        "current_page": number,
        "page_size": size,
        "total_count": count,
        "total_page": pages,
        "job_list": Items(
            "batch_operation_job_dto",
            [{"job_id": x.job_id, "operation_type": x.operation, "status": x.status} for x in rows],
        ),
    }


@api("aliexpress.solution.feed.invalidate", required("job_id_list"))
def invalidate(call):
    done, needless, failed = [], [], []
    for text in call["job_id_list"].split(";")[:100]:
        feed = call.shop.feeds.get(int(text)) if text.strip().isdigit() else None
        if not feed:
            failed.append(int(text) if text.strip().isdigit() else 0)
        elif feed.status == "FINISH":
            needless.append(feed.job_id)
        else:
            del call.shop.feeds[feed.job_id]
            done.append(feed.job_id)
    return {
        "successful_list": Items("number", done),
        "no_need_invalidation_list": Items("number", needless),
        "failed_list": Items("number", failed),
    }


def work(sandbox, shop, feed):
    """Do every item of a feed; each success and each failure stays with its item."""
    for item in feed.items:
        try:
            product_id = _do(sandbox, shop, feed.operation, item.content)
            item.result = {"productId": product_id, "success": True}
        except GatewayError as error:
            item.result = {
                "success": False,
                "errorCode": str(error.sub_code or error.code),
                "errorMessage": error.sub_message or error.message,
                "integrationErrorCode": {"integrationRequestParameter": {"schemaPostRequest": item.content}},
            }
    feed.status = "FINISH"


def _do(sandbox, shop, operation, content):
    try:
        data = json.loads(content)
    except ValueError as error:
        raise invalid_parameter("item_content", "is not valid JSON") from error
    if not isinstance(data, dict):
        raise invalid_parameter("item_content")
    if operation == "PRODUCT_CREATE":
        return post_instance(sandbox, shop, data)
    if operation == "PRODUCT_FULL_UPDATE":
        return update_instance(sandbox, shop, data)
    product = publishing.find(shop, field(data, "aliexpress_product_id", int, required=True))
    items = field(data, "multiple_sku_update_list", list, required=True)
    if operation == "PRODUCT_STOCKS_UPDATE":
        offers.set_stock(sandbox, product, items)
    else:
        offers.set_prices(sandbox, product, items)
    return product.product_id


def _text(content):
    """Content as text: clients send JSON text, a bare object is taken too."""
    if content in (None, ""):
        raise invalid_parameter("item_content")
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
