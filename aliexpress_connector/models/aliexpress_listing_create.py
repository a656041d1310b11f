from collections import defaultdict
from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..lib.catalogue_rules import NOT_IN_FEEDS
from .aliexpress_job_mixin import QUEUE_LIMIT
from .aliexpress_listing_sections import SECTIONS
from .shop_run import ShopRun


class AliexpressListing(models.Model):
    """Creation cannot be repeated: the intent is committed, then AliExpress is called, then the outcome written."""

    _inherit = "aliexpress.listing"

    # === WHAT IS THERE ALREADY === #

    @api.model
    def _look_before_creating(self):
        """Go on looking through what the shops that have products to create have on AliExpress: these may be there
        already. A shop that creates its first one begins with it.

        :return: those shops; what they found and could not read for long need not be read before
        """
        groups = self._read_group(self._get_creation_domain(), ["account_id"])
        accounts = self.env["aliexpress.account"].union(*(account for (account,) in groups))
        for account in accounts:
            if account._is_discovery_missing():
                self._run_for_shop(account, lambda account: account._begin_discovery())
        FoundProduct = self.env["aliexpress.found.product"]
        awaited = FoundProduct._get_awaited_domain() & Domain("account_id", "in", accounts.ids)
        FoundProduct._run_discovery(accounts, awaited)
        for account in accounts:
            self._run_for_shop(account, self._tell_creations)
        return accounts

    @api.model
    def _get_creation_domain(self):
        """Domain of the listings that were checked and are not on AliExpress, also where their shop is being looked
        through.
        """
        pending = self._get_due_domain("sync_listings") & Domain("state", "=", "pending")
        return pending & Domain("next_act", "=", "create") & self._get_unbegun_domain()

    @api.model
    def _get_unbegun_domain(self):
        """Domain of the listings that are not on AliExpress, and that it is not being asked to create."""
        return Domain("product_ref", "=", False) & Domain("intent_date", "=", False) & Domain("feed_id", "=", False)

    @api.model
    def _tell_creations(self, account):
        """Show at the listings of one shop that they wait until it was looked through, and no longer than that."""
        creations = self._get_creation_domain() & Domain("account_id", "=", account.id)
        if account in account._get_looking():
            message = account._get_message_env()._(
                "Waits until all products that the shop %(shop)s already has on AliExpress are read, for this one may "
                "be among them. Then it is sent by itself.",
                shop=account.name,
            )
            self.search(creations & Domain("error", "!=", message)).error = message
        else:
            # What AliExpress said about a listing stands there with the time of its next attempt.
            self.search(creations & Domain("error", "!=", False) & Domain("retry_at", "=", False)).error = False

    # === CREATION === #

    @api.model
    def _create_listings(self):
        """Create what is not on AliExpress yet: the intent is committed first, and one left over is read back before
        anything else.
        """
        self._run_queue(self._get_unresolved_domain(), "_resolve_intent")
        ready = self._get_publish_domain("create") & Domain("intent_date", "=", False)
        gathering = self.env["aliexpress.feed"]._gather(ready)
        ready &= Domain("feed_id", "=", False) & Domain("account_id", "not in", gathering.ids)
        shop_runs = defaultdict(ShopRun)
        listings = self.search(ready, order="retry_at NULLS FIRST, id", limit=QUEUE_LIMIT)
        for listing_id, account_id in [(listing.id, listing.account_id.id) for listing in listings]:
            if shop_runs[account_id].is_over:
                continue
            # One by one: an intent that was not followed by its call would have to be read back.
            one = Domain("id", "=", listing_id)
            self._run_queue(ready & one, "_write_intent")
            self._run_queue(self._get_unresolved_domain() & one, "_create_product", shop_runs=shop_runs)
            if not self.env["ir.cron"]._commit_progress():
                break
        self.env["aliexpress.feed"]._run_feeds()

    @api.model
    def _get_unresolved_domain(self):
        """Domain of listings whose creation was begun and has no outcome yet, feeds excepted."""
        begun = Domain("intent_date", "!=", False) & Domain("product_ref", "=", False) & Domain("feed_id", "=", False)
        return self._get_due_domain("sync_listings") & Domain("state", "=", "pending") & begun

    def _write_intent(self):
        """Commit to the creation of the listings, with what will have been acknowledged once it succeeds."""
        now = fields.Datetime.now()
        wanted = self._keep_creatable()
        contents = wanted._prepare_contents()
        for listing in wanted:
            content = listing._get_creation_content(contents[listing.id])
            listing.write({"intent_date": now, "attempt": listing._prepare_attempt(content)})

    def _keep_creatable(self):
        """Those of the listings that are still to be created; the others leave their feed."""
        ready = self.filtered(lambda listing: listing.state == "pending" and listing.next_act == "create")
        (self - ready).write({"feed_id": False})
        return ready._keep_wanted("online")

    def _create_product(self):
        """Create one listing on AliExpress."""
        content = self._prepare_contents()[self.id]
        content = self._get_sendable_content(content, self._check_quality({self.id: content})[self.id])
        self.account_id._check_call_budget("content")
        product_ref = self.account_id._get_client().create_product(self._resolve_images(content))
        self._acknowledge_creation(product_ref, self._prepare_attempt(content))

    def _get_sendable_content(self, content, problems):
        """`content` for a creation; raises UserError when `problems` say that the product was spoilt since it was
        checked.
        """
        blocking = self._describe_blocking(problems, SECTIONS)
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
        return self.filtered(lambda listing: listing._fits_feed(contents[listing.id]))

    def _fits_feed(self, content):
        """Whether nothing of `content` would be lost or refused in a feed, where AliExpress is stricter."""
        lists = set(self.category_id.attribute_ids.filtered("value_ids").mapped("ref"))
        has_loose_text = any(choice.attribute_ref in lists and not choice.value_refs for choice in content.attributes)
        has_mobile_text = any(description.text for description in content.descriptions.values())
        return not (has_loose_text or has_mobile_text or any(getattr(content, name) for name in NOT_IN_FEEDS))

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
            {
                "product_ref": product_ref,
                "is_published_here": True,
                "language": attempt["language"],
                "intent_date": False,
                "feed_id": False,
            }
        )
        self._acknowledge_offers(attempt["offers"])
        self._log_result("create", "accepted", product_ref)
