"""Creating and changing listings, and the audit that follows."""

import copy
from datetime import timedelta

from ..answers import refused_product
from ..product import Product
from . import rules

UNKNOWN = "F00-00-10001-002"


def create(sandbox, shop, fields):
    """A new listing, in audit (or online where the shop is not audited)."""
    now = sandbox.clock.now()
    product = Product(
        product_id=0,
        currency=shop.currency,
        created=now,
        modified=now,
        **{"category_id": 0, **fields},
    )
    rules.check(sandbox.world, shop, product, new=True)
    product.product_id = shop.new_product_id()
    number_skus(shop, product)
    shop.products[product.product_id] = product
    audit(sandbox, shop, product, "onSelling")
    return product


def change(sandbox, shop, product, fields):
    """Change content: checked as a whole, then audited again."""
    rules.check_editable(product, "edit", sandbox.world.settings)
    changed = copy.copy(product)
    for name, value in fields.items():
        setattr(changed, name, value)
    if "skus" in fields:
        codes = {sku.sku_code for sku in changed.skus}
        if "country_prices" not in fields:
            changed.country_prices = [x for x in product.country_prices if x.sku_code in codes]
    rules.check(sandbox.world, shop, changed)
    for name in fields:
        setattr(product, name, getattr(changed, name))
    product.country_prices = changed.country_prices
    number_skus(shop, product)
    product.modified = sandbox.clock.now()
    after = "offline" if product.status == "offline" else "onSelling"
    audit(sandbox, shop, product, after)


def audit(sandbox, shop, product, after):
    product.audit_reason = ""
    if not shop.audits:
        product.status = after
        return
    product.status = "auditing"
    product.status_after_audit = after
    product.audit_until = product.modified + timedelta(seconds=sandbox.world.settings.audit_seconds)


def finish_audit(sandbox, product, reason=None):
    """The audit's end: rejected with a reason (by hand, or by the titles rule)."""
    words = sandbox.world.settings.reject_titles_with
    bad = [word for word in words for text in product.subjects.values() if word in text.lower()]
    if reason is None and bad:
        reason = f"The title contains words that are not allowed: {bad[0]}"
    product.audit_until = None
    product.audit_reason = reason or ""
    product.status = "editingRequired" if reason else product.status_after_audit
    product.modified = sandbox.clock.now()


def find(shop, product_id):
    """The shop's listing, or the refusal of one that does not exist."""
    product = shop.products.get(product_id)
    if not product:
        raise refused_product(UNKNOWN, f"product does not exist. product_id:{product_id}")
    return product


def number_skus(shop, product):
    for sku in product.skus:
        sku.number = sku.number or shop.new_number()


def set_online(sandbox, product, online, reason="user_offline"):
    """On or off the shelf; ValueError says why not."""
    if product.locked:
        raise ValueError("PRODUCT_IN_LOCK_MODE")
    if online and product.status != "offline":
        if product.status == "onSelling":
            return
        raise ValueError(f"a product in status {product.status} can not be put online")
    if not online and product.status not in ("onSelling", "offline"):
        raise ValueError(f"a product in status {product.status} can not be taken offline")
    product.status = "onSelling" if online else "offline"
    product.offline_reason = "" if online else reason
    product.offline_date = None if online else sandbox.clock.now()
    product.modified = sandbox.clock.now()


def lock(sandbox, product):
    """Punished: no change of any kind is taken."""
    product.locked = True


def unlock(sandbox, product):
    product.locked = False


def audit_again(sandbox, product):
    """Back into an audit that only ends by hand."""
    product.status_after_audit = "offline" if product.status == "offline" else "onSelling"
    product.status = "auditing"
    product.audit_until = None
    product.modified = sandbox.clock.now()


def approve(sandbox, product):
    """The audit ends well, whatever the rules would say."""
    _need_audit(product)
    product.audit_until = None
    product.audit_reason = ""
    product.status = product.status_after_audit
    product.modified = sandbox.clock.now()


def reject(sandbox, product, reason="The pictures do not show the product"):
    _need_audit(product)
    finish_audit(sandbox, product, reason)


def put_online(sandbox, product):
    set_online(sandbox, product, True)


def take_offline(sandbox, product, reason="user_offline"):
    set_online(sandbox, product, False, reason)


def _need_audit(product):
    if product.status != "auditing":
        raise ValueError(f"product {product.product_id} is not under audit but {product.status}")


ACTIONS = {
    "approve": approve,
    "reject": reject,
    "audit": audit_again,
    "lock": lock,
    "unlock": unlock,
    "online": put_online,
    "offline": take_offline,
}
