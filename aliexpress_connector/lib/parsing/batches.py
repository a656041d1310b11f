"""What became of the products of a batch, and of the lines of a feed."""

from .. import errors
from ..catalogue_values import BatchResult
from ..feed_values import (
    FEED_CREATE,
    FEED_PRICE,
    FEED_STOCK,
    FEED_UPDATE,
    FeedItemResult,
    FeedPage,
    FeedResult,
    FeedRow,
)
from .reader import Reader

_KINDS = {
    "PRODUCT_CREATE": FEED_CREATE,
    "PRODUCT_FULL_UPDATE": FEED_UPDATE,
    "PRODUCT_STOCKS_UPDATE": FEED_STOCK,
    "PRODUCT_PRICES_UPDATE": FEED_PRICE,
}


def parse_offer_result(answer, refs, make_error):
    """The `BatchResult` of a stock or price call for the products `refs`.

    :param make_error: called with a code and a text, returns the error they stand for
    """
    accepted = {row.ref("product_id") for row in answer.children("update_successful_list")}
    refused = _refusals(answer.children("update_failed_list"), lambda row: [row.ref("product_id")], make_error)
    worked = answer.flag("update_success")
    if not accepted and not refused:
        if worked is False:
            raise make_error(answer.raw("update_error_code"), answer.raw("update_error_message"))
        # The flag is true only when all products succeeded.
        accepted = set(refs) if worked else accepted
    return _sort(refs, accepted, refused, answer)


def parse_shelf_result(result, refs, make_error):
    """The `BatchResult` of a call that puts the products `refs` on or off the shelf."""
    rows = result.children("error_details")
    refused = _refusals(rows, lambda row: [_ref(item) for item in row.items("product_ids")], make_error)
    worked = result.flag("success")
    if worked is False and not refused:
        # Its reason may stand in a detail that names no product.
        told = next((one for one in (result, *rows) if one.has("error_code") or one.has("error_message")), result)
        raise make_error(told.raw("error_code"), told.raw("error_message"))
    others = [ref for ref in refs if ref not in refused]
    # The number of changed products is all that AliExpress tells of the successful ones.
    count = result.integer("modify_count", default=0)
    return _sort(refs, set(others) if count == len(others) else set(), refused, result)


def parse_feed_result(answer, make_error):
    """The `FeedResult` of a feed."""
    results = tuple(_parse_item(row, make_error) for row in answer.children("result_list"))
    # Neither is told before the feed is finished; a 0 tells nothing either: there is no feed without lines.
    total = answer.integer("total_item_count") if answer.has("total_item_count") else None
    is_finished = bool(total) and len(results) >= total
    return FeedResult(answer.ref("job_id"), is_finished, total, results)


def parse_feed_page(answer):
    """The `FeedPage` of the list of feeds."""
    rows = tuple(
        FeedRow(
            feed_ref=row.ref("job_id", required=True),
            kind=_KINDS.get(row.text("operation_type"), ""),
            is_finished=row.text("status").upper() == "FINISH",
        )
        for row in answer.children("job_list")
    )
    return FeedPage(rows, answer.integer("total_page", default=1 if rows else 0))


def _parse_item(row, make_error):
    item_ref = row.text("item_content_id")
    try:
        outcome = row.json_child("item_execution_result")
        product_ref = outcome.ref("productId")
        worked = outcome.flag("success")
    except errors.FixError as error:
        return FeedItemResult(item_ref, "", error)
    if worked:
        return FeedItemResult(item_ref, product_ref, None)
    error = make_error(outcome.raw("errorCode"), outcome.raw("errorMessage"))
    return FeedItemResult(item_ref, product_ref, error)


def _refusals(rows, refs_of, make_error):
    """Errors by product."""
    refused = {}
    for row in rows:
        error = make_error(row.raw("error_code"), row.raw("error_message"))
        for ref in refs_of(row):
            refused.setdefault(ref, error)
    refused.pop("", None)
    return refused


def _sort(refs, accepted, refused, answer):
    both = accepted & set(refused)
    unclear = {ref: refused[ref] for ref in refs if ref in both}
    for ref in refs:
        if ref not in accepted and ref not in refused:
            unclear[ref] = answer.error("", "AliExpress did not say what became of this product")
    return BatchResult(
        accepted=tuple(ref for ref in refs if ref in accepted and ref not in both),
        refused={ref: refused[ref] for ref in refs if ref in refused and ref not in both},
        unclear=unclear,
    )


def _ref(item):
    return Reader({"product_id": item}, "").ref("product_id")
