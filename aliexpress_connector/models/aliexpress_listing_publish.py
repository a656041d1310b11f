from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..lib.catalogue_rules import NOT_IN_FEEDS
from ..lib.catalogue_values import ProductContent
from ..lib.errors import BUSY, NETWORK, UNREADABLE, FixError
from .aliexpress_listing_content import SECTIONS
from .error_messages import describe_error
from .offer import Offer

PREPARE_BATCH = 20
INTENT_BATCH = 100
AUTOMATIC_LIMIT = 500
# AliExpress' review takes minutes at the least.
REVIEW_PAUSE = timedelta(minutes=10)


class AliexpressListing(models.Model):
    """Publishing: what is pending is checked, its pictures are uploaded, and it is created or updated on AliExpress.

    The steps stand between commits, each of them on the records: `next_act` after the checks, the pictures' own state, `intent_date`
    before a creation, `product_ref` after it. Whatever stops the job, the next run goes on from there.
    """

    _inherit = "aliexpress.listing"

    @api.model
    def _cron_publish_listings(self):
        """Bring the listings of all shops on AliExpress to what Odoo says. What differs is found by comparing, or marked pending."""
        self = self.with_context(aliexpress_run_at=fields.Datetime.now())
        self._create_automatic_listings()
        self._run_queue(
            self._get_compare_domain(), "_compare", order="compared_at NULLS FIRST, id", batch_size=PREPARE_BATCH
        )
        self._run_queue(self._get_publish_domain(False), "_prepare_sending", batch_size=PREPARE_BATCH)
        self._upload_images()
        self._create_listings()
        self._run_queue(self._get_publish_domain("update"), "_send_update")
        self._push_shelf()
        self._read_back_reviews()
        self._report_remaining()

    @api.model
    def _get_publish_domain(self, act):
        """Domain of the pending listings whose next step is `act`, False for those to be checked; their pictures are uploaded."""
        domain = self._get_due_domain("sync_listings") & Domain("state", "=", "pending") & Domain("next_act", "=", act)
        if act in ("create", "update"):
            domain &= Domain("image_ids", "not any", [("state", "!=", "done")])
        return domain

    def _report_remaining(self):
        """Tell the scheduler whether the run was cut short: the queues of the steps each told it about themselves only."""
        left = Domain.OR(
            self._get_publish_domain(act) for act in (False, "create", "update", "online", "offline", "delete")
        )
        self.env["ir.cron"]._commit_progress(
            remaining=self.search_count(left & Domain("feed_id", "=", False), limit=PREPARE_BATCH)
        )

    @api.model
    def _create_automatic_listings(self):
        """Make a listing of every product that a shop offers and has none of, where the shop wants that."""
        accounts = self.env["aliexpress.account"].search(
            self.env["aliexpress.account"]._get_due_domain("sync_listings", calls_gateway=False)
            & Domain("is_listing_automatic", "=", True)
        )
        for account in accounts:
            listed = Domain("aliexpress_listing_ids", "any", [("account_id", "=", account.id)])
            wanted = account._get_product_domain() & Domain("aliexpress_category_id", "!=", False) & ~listed
            templates = self.env["product.template"].search(wanted, limit=AUTOMATIC_LIMIT)
            self.create(
                [
                    {"account_id": account.id, "product_tmpl_id": template.id, "state": "pending"}
                    for template in templates
                ]
            )
        self.env["ir.cron"]._commit_progress()

    # === CHECKS === #

    def _read_missing_shop_data(self):
        """Read what the listings of one shop need to be checked and was never read: attributes, templates."""
        account = self.account_id
        unread = self.product_tmpl_id.aliexpress_category_id.filtered(lambda category: category._is_reading_due())
        language = next(iter(account._get_languages()))
        for category in unread:
            category._read_attributes(account._get_client(), language)
        if not account._get_default_freight_template():
            domain = [("account_id", "=", account.id), ("kind", "=", "freight_template"), ("state", "=", "pending")]
            ShopData = self.env["aliexpress.shop.data"]
            if not ShopData.search_count([("account_id", "=", account.id)], limit=1):
                ShopData._sync_rows()
            ShopData.search(domain)._refresh()

    def _prepare_sending(self):
        """Find out what is to be done about pending listings of one shop; what cannot be sent as it is becomes an error."""
        self._read_missing_shop_data()
        self._sync_skus()
        self.env["aliexpress.attribute.mapping"]._map_products(self.product_tmpl_id)
        images = self._register_images()
        by_checksum = {image.checksum: image for image in images}
        chosen = self._get_images()
        contents = self._prepare_contents()
        shelf = self._get_wanted_shelf()
        problems = self._check_quality(contents)
        for listing in self:
            checksums = {attachment.checksum for attachment in chosen[listing.id].attachments}
            needed = images.browse(by_checksum[checksum].id for checksum in checksums if checksum in by_checksum)
            act, error = listing._choose_act(contents[listing.id], shelf[listing.id], problems[listing.id])
            listing._set_act(act, error, contents[listing.id], needed)

    def _choose_act(self, content, wanted, problems):
        """(next act, error text) of the listing: an act of `next_act`, or None with the reason, or (None, "") when all is as wanted."""
        if wanted == "deleted":
            return ("delete", "") if self.product_ref or self.intent_date else (None, "")
        if wanted == "offline":
            return ("offline" if self.product_ref and self.remote_state != "offline" else None), ""
        sections = list(SECTIONS) if not self.product_ref else self._get_sections_to_send(content)
        blocking = self._describe_blocking(problems, sections)
        if blocking:
            return None, blocking
        if not self.product_ref:
            return "create", ""
        if sections:
            return "update", ""
        if self.remote_state == "offline":
            return "online", ""
        return (None if self.remote_state in ("online", "rejected") else "read"), ""

    def _set_act(self, act, error, content, images):
        """Write down what `_choose_act` found, and what will be sent."""
        digests = self._get_digests(content)
        # What the next sending will show; a picture that failed before is tried again.
        images.filtered(lambda image: image.state == "error").write({"state": "pending", "retry_at": False})
        values = {"next_act": act, "image_ids": [fields.Command.set(images.ids if act in ("create", "update") else [])]}
        values["attempt"] = {"digests": digests}
        values["compared_at"] = fields.Datetime.now() - timedelta(minutes=15)
        if error:
            values |= {"state": "error", "error": error}
            self._log_result("check", "refused", error)
        elif not act:
            values |= {"state": self._get_settled_state(), "error": False}
        self.write(values)

    def _get_settled_state(self):
        """The state of a listing about which nothing is to be done."""
        if not self.product_ref:
            return "draft"
        return self.remote_state or "online"

    # === PICTURES === #

    @api.model
    def _upload_images(self):
        """Upload what pending listings wait for; a picture that AliExpress refuses makes its listings an error."""
        Image = self.env["aliexpress.image"]
        Image._run_queue(Image._get_due_domain("sync_listings") & Domain("state", "=", "pending"), "_upload")
        refused = (
            self._get_due_domain("sync_listings")
            & Domain("state", "=", "pending")
            & Domain("image_ids.state", "=", "error")
        )
        self._run_queue(refused, "_refuse_image")

    def _refuse_image(self):
        image = self.image_ids.filtered(lambda image: image.state == "error")[:1]
        raise UserError(
            self.account_id._get_message_env()._("A picture was not accepted. %(error)s", error=image.error or "")
        )

    # === CREATION === #

    @api.model
    def _create_listings(self):
        """Create what is not on AliExpress yet: the intent is committed first, and one left over is read back before anything else."""
        unresolved = Domain("intent_date", "!=", False) & Domain("product_ref", "=", False)
        due = self._get_due_domain("sync_listings") & Domain("state", "=", "pending") & Domain("feed_id", "=", False)
        left_over = self.search(unresolved).ids
        self._run_queue(due & unresolved, "_resolve_intent")
        ready = (
            self._get_publish_domain("create") & Domain("intent_date", "=", False) & Domain("product_ref", "=", False)
        )
        self._run_queue(ready, "_write_intent", batch_size=INTENT_BATCH)
        # Only what got its intent a moment ago: the fate of any other is unknown.
        fresh = self.search(due & unresolved & Domain("id", "not in", left_over))
        in_feeds = self.env["aliexpress.feed"]._gather(fresh)
        self._run_queue(due & unresolved & Domain("id", "in", (fresh - in_feeds).ids), "_create_product")
        self.env["aliexpress.feed"]._run_feeds()

    def _write_intent(self):
        """Commit to the creation of the listings, with what will have been acknowledged once it succeeds."""
        now = fields.Datetime.now()
        contents = self._prepare_contents()
        for listing in self:
            content = listing._get_creation_content(contents[listing.id])
            listing.write({"intent_date": now, "attempt": listing._prepare_attempt(content)})

    def _create_product(self):
        """Create one listing on AliExpress."""
        content = self._get_sendable_content()
        self.account_id._check_call_budget("content")
        product_ref = self.account_id._get_client().create_product(self._resolve_images(content))
        self._acknowledge_creation(product_ref, self._prepare_attempt(content))

    def _get_sendable_content(self):
        """The content for a creation; raises UserError when the product was spoilt since it was checked."""
        content = self._prepare_contents()[self.id]
        blocking = self._describe_blocking(self._check_quality({self.id: content})[self.id], SECTIONS)
        if blocking:
            raise UserError(blocking)
        return self._get_creation_content(content)

    @api.model
    def _get_creation_content(self, content):
        # One unit at least is asked for. It cannot be bought during the review, and the true quantity follows at once.
        return replace(content, skus=tuple(replace(sku, quantity=max(1, sku.quantity)) for sku in content.skus))

    def _filter_for_feed(self):
        """Those of the listings, of one shop, that a feed can carry."""
        contents = self._prepare_contents()
        return self.filtered(lambda listing: not any(getattr(contents[listing.id], name) for name in NOT_IN_FEEDS))

    def _prepare_attempt(self, content):
        """What is acknowledged when `content` is accepted, in a form that the record can keep."""
        return {
            "digests": self._get_digests(content),
            "language": content.language,
            "offers": {
                sku.sku_code: [sku.quantity, str(sku.price), None if sku.sale_price is None else str(sku.sale_price)]
                for sku in content.skus
            },
        }

    def _acknowledge_creation(self, product_ref, attempt):
        """AliExpress has the listing now, as `attempt` (of `_prepare_attempt`) says."""
        self._acknowledge(attempt["digests"])
        self.write(
            {"product_ref": product_ref, "language": attempt["language"], "intent_date": False, "feed_id": False}
        )
        self._acknowledge_offers(attempt["offers"])
        self._log_result("create", "accepted", product_ref)

    def _acknowledge(self, digests):
        """AliExpress accepted the sections named in `digests`; the listing is in review now."""
        now = fields.Datetime.now()
        self.write(
            {
                "content_digests": (self.content_digests or {}) | digests,
                "state": "auditing",
                "remote_state": "auditing",
                "next_act": False,
                "error": False,
                "sent_at": now,
                "retry_at": now + REVIEW_PAUSE,
                "image_ids": [fields.Command.clear()],
            }
        )

    def _acknowledge_offers(self, offers):
        """AliExpress took over `offers` ({SKU code: [quantity, price, sale price or None]}) with the content."""
        skus = self.sku_ids.filtered(lambda sku: sku.sku_code in offers)
        skus._acknowledge_offer(
            {
                sku.id: Offer(
                    quantity=quantity,
                    price=Decimal(price),
                    sale_price=None if sale_price is None else Decimal(sale_price),
                    keeps_sale_price=False,
                )
                for sku in skus
                for quantity, price, sale_price in [offers[sku.sku_code]]
            }
        )

    # === UPDATE === #

    def _send_update(self):
        """Send one listing's sections that AliExpress has not acknowledged."""
        content = self._prepare_contents()[self.id]
        sections = self._get_sections_to_send(content)
        problems = self._check_quality({self.id: content})[self.id]
        blocking = self._describe_blocking(problems, sections)
        if blocking:
            raise UserError(blocking)
        if not sections:
            self.write({"next_act": False})
            return
        self.account_id._check_call_budget("content")
        client = self.account_id._get_client()
        told = {name: getattr(content, name) for section in sections for name in SECTIONS[section]}
        if "skus" in sections:
            told["skus"] = self._keep_acknowledged_prices(content.skus, client.get_product(self.product_ref))
        update = ProductContent(language=content.language, **told)
        client.update_product(self.product_ref, self._resolve_images(update))
        self._acknowledge(
            {section: digest for section, digest in self._get_digests(content).items() if section in sections}
        )
        if "skus" in sections:
            self._acknowledge_offers(self._prepare_attempt(update)["offers"])
            self.sku_ids.filtered(lambda sku: not sku.product_id and not sku.is_foreign).unlink()
        self._log_result("update", "accepted", self._describe_sections(sections))

    def _keep_acknowledged_prices(self, skus, detail):
        """`skus` (SkuContents) with AliExpress' own prices where Odoo has none to say. Raises UserError when a SKU there is unknown here."""
        remote = {sku.sku_code: sku for sku in detail.skus}
        unknown = remote.keys() - set(self.sku_ids.mapped("sku_code"))
        if unknown:
            raise UserError(
                self.account_id._get_message_env()._(
                    "AliExpress has SKUs that no variant is linked with: %(codes)s. Sending would remove them. Read the listing back and "
                    "link them.",
                    codes=", ".join(sorted(unknown)) or "-",
                )
            )
        offers = self.sku_ids._prepare_offer()
        keeping = {sku.sku_code for sku in self.sku_ids if offers[sku.id].keeps_sale_price}
        return tuple(
            self._keep_acknowledged_price(sku, remote.get(sku.sku_code), sku.sku_code in keeping) for sku in skus
        )

    @api.model
    def _keep_acknowledged_price(self, sku, remote, keeps_sale_price):
        if not remote:
            return replace(sku, quantity=max(1, sku.quantity))  # created by this update
        price = sku.price or remote.price
        sale_price = remote.sale_price if keeps_sale_price else sku.sale_price
        if sale_price is not None and sale_price >= price:
            sale_price = None  # would be refused, and the new price is lower anyway
        return replace(sku, price=price, sale_price=sale_price)

    def _describe_sections(self, sections):
        env = self.account_id._get_message_env()
        names = {
            "title": env._("title"),
            "description": env._("description"),
            "images": env._("pictures"),
            "category": env._("category and attributes"),
            "skus": env._("variants"),
            "package": env._("package"),
            "terms": env._("templates and group"),
        }
        return ", ".join(names[section] for section in sections)

    # === OUTCOME === #

    def _log_result(self, act, outcome, message=""):
        """Add a line to the report of this run."""
        run_at = self.env.context.get("aliexpress_run_at") or fields.Datetime.now()
        # The report is written by jobs and read by people.
        self.env["aliexpress.publish.result"].sudo().create(
            [
                {
                    "listing_id": listing.id,
                    "product_tmpl_id": listing.product_tmpl_id.id,
                    "account_id": listing.account_id.id,
                    "run_at": run_at,
                    "act": act,
                    "outcome": outcome,
                    "message": message,
                }
                for listing in self
            ]
        )

    def _get_act(self):
        """The act of the report that the listing's next step is."""
        return self.next_act if self.next_act in ("create", "update", "online", "offline", "delete") else "check"

    def _set_error(self, error):
        """Override to report the refusal, and to close the intent of a creation that was refused."""
        result = None
        for listing in self:
            act = listing._get_act()
            is_refused = isinstance(error, (FixError, UserError)) and getattr(error, "reason", "") != UNREADABLE
            result = super(AliexpressListing, listing)._set_error(error)
            listing.write({"next_act": False} | ({"intent_date": False} if is_refused else {}))
            listing._log_result(act, "refused", listing.error)
        return result

    def _wait(self, error):
        """Override to report the waiting, and to close the intent of a creation that cannot have taken effect."""
        if error.reason not in (NETWORK, BUSY):
            self.filtered(lambda listing: not listing.product_ref).write({"intent_date": False})
        result = super()._wait(error)
        for listing in self:
            listing._log_result(
                listing._get_act(), "waiting", describe_error(listing.account_id._get_message_env(), error)
            )
        return result
