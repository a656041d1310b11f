from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..lib.catalogue_rules import ITEMS_PER_FEED
from ..lib.errors import NOT_OFFERED, PERMISSION, UNREADABLE, FixError, looking
from ..lib.feed_values import FEED_CREATE, FeedItem
from ..lib.refusals import may_have_created
from .shop_run import UNREADABLE_PAUSE

POLL_PAUSE = timedelta(minutes=2)
RESULT_BATCH = 200
# The clocks of AliExpress and Odoo may differ by less than this.
CLOCK_MARGIN = timedelta(minutes=10)
# How long AliExpress may take to list a feed that it got without telling us.
LISTING_PATIENCE = timedelta(minutes=10)
# After so long nothing more is expected of a feed, whatever AliExpress tells of its lines, or nothing understandable.
RESULT_PATIENCE = timedelta(days=1)
# For so long after a feed was refused, the shop's products are created one by one.
REFUSAL_PAUSE = timedelta(days=1)


class AliexpressFeed(models.Model):
    """A list of creations handed to AliExpress in one call, to be worked off by it later; the results are read back
    by number.
    """

    _name = "aliexpress.feed"
    _description = "AliExpress Feed"
    _inherit = ["aliexpress.job.mixin"]
    _order = "id desc"
    _rec_name = "feed_ref"

    feed_ref = fields.Char(string="AliExpress Feed", copy=False, readonly=True, index="btree_not_null")
    state = fields.Selection(
        [("pending", "To submit"), ("submitted", "At AliExpress"), ("done", "Done"), ("error", "Error")],
        default="pending",
        required=True,
        index=True,
        copy=False,
    )
    intent_date = fields.Datetime(
        copy=False, readonly=True, help="Since when it is being submitted, as long as the answer is not known."
    )
    submitted_date = fields.Datetime(
        string="Submitted On", copy=False, readonly=True, help="When AliExpress got the feed."
    )
    listing_ids = fields.One2many("aliexpress.listing", "feed_id", string="Waiting for Their Result")
    item_count = fields.Integer(readonly=True)
    accepted_count = fields.Integer(readonly=True)
    refused_count = fields.Integer(readonly=True)

    _feed_uniq = models.UniqueIndex(
        "(account_id, feed_ref) WHERE feed_ref IS NOT NULL", "This feed is already there in this shop."
    )

    def _trigger_job(self):
        self.env["aliexpress.listing"]._trigger_job()

    # === MAKING === #

    @api.model
    def _gather(self, ready):
        """Put listings to be created, of the domain `ready`, into feeds where their shop has enough of them.

        Returns the shops that have, but not all of them are checked and have their pictures uploaded yet: these wait.
        """
        lately = Domain("write_date", ">", fields.Datetime.now() - REFUSAL_PAUSE)
        refusing = self.search(lately & Domain("state", "=", "error") & Domain("feed_ref", "=", False)).account_id
        accounts = refusing.search([("feed_minimum", ">", 0), ("id", "not in", refusing.ids)])
        run = self.env["aliexpress.listing"]._run_for_shop
        return accounts.filtered(lambda account: run(account, partial(self._gather_of, ready)))

    @api.model
    def _gather_of(self, ready, account):
        """As `_gather`, of one shop; returns whether it waits."""
        Listing = self.env["aliexpress.listing"]
        own = Domain("account_id", "=", account.id)
        listings = Listing.search(ready & own & Domain("feed_id", "=", False), limit=ITEMS_PER_FEED)
        unready = Listing.search_count(Listing._get_unready_domain() & own)
        if len(listings) + unready < account.feed_minimum:
            return False
        if unready and len(listings) < ITEMS_PER_FEED:
            return True
        carried = listings._filter_for_feed()
        if carried:
            carried.feed_id = self.create({"account_id": account.id, "item_count": len(carried)})
        return False

    @api.model
    def _run_feeds(self):
        """Submit new feeds and read the results of those at AliExpress."""
        due = self._get_waited_domain()
        begun = due & Domain("state", "=", "pending") & Domain("intent_date", "!=", False)
        self._run_queue(begun, "_resolve_intent")
        # Whose fate is still unknown is not submitted: only what gets its intent now.
        left_over = self.search(Domain("state", "=", "pending") & Domain("intent_date", "!=", False)).ids
        self._run_queue(due & Domain("state", "=", "pending") & Domain("intent_date", "=", False), "_write_intent")
        self._run_queue(begun & Domain("id", "not in", left_over), "_submit")
        self._run_queue(due & Domain("state", "=", "submitted"), "_read_results")

    @api.model
    def _count_remaining(self):
        """How many feeds have results that were not taken over yet, for there were too many (int)."""
        return self.search_count(self._get_waited_domain() & Domain("state", "=", "submitted"))

    @api.model
    def _get_waited_domain(self):
        """Domain of the feeds that are due, or whose listings a person wants to be tried now."""
        eager = Domain("listing_ids", "any", Domain("retry_at", "=", False))
        return self._get_due_domain("sync_listings", eager=eager)

    def _pause(self, retry_at):
        """Look at the feed again at `retry_at`; its listings show when."""
        self.retry_at = retry_at
        self._tell_listings({"retry_at": retry_at})
        self.env["ir.cron"]._aliexpress_wake("ir_cron_publish_listings", at=retry_at)

    def _write_intent(self):
        """Commit to the submission of one feed, and to the creation of what it carries; what it cannot carry leaves
        it now, for the answer to the submission may be lost.
        """
        self.listing_ids._keep_creatable()
        self._prepare_items()
        for records in (self, self.listing_ids):
            records.write({"intent_date": fields.Datetime.now()})

    def _submit(self):
        """Hand one feed to AliExpress, without what was spoilt since its intent was written."""
        items = self._prepare_items()
        if not items:
            self.write({"state": "done", "intent_date": False, "error": False})
            return
        self.account_id._check_call_budget("content")
        self._take_ref(self.account_id._get_client().submit_feed(FEED_CREATE, items))

    def _prepare_items(self):
        """The `FeedItem`s of the feed; a listing that cannot be sent leaves it with its error, and one that no feed can
        carry any more is created by a call of its own.
        """
        contents = self.listing_ids._prepare_contents()
        problems = self.listing_ids._check_quality(contents)
        items = []
        for listing in self.listing_ids:
            if not listing._fits_feed(contents[listing.id]):
                # Checked anew: it may have got pictures that are not uploaded yet.
                listing.write({"feed_id": False, "intent_date": False, "retry_at": False, "next_act": False})
                continue
            # What is acknowledged, or not sent again, is what it is now, whatever it was when it was checked.
            listing.attempt = listing._prepare_attempt(listing._get_creation_content(contents[listing.id]))
            try:
                content = listing._get_sendable_content(contents[listing.id], problems[listing.id])
                items.append(FeedItem(item_ref=self._get_item_ref(listing), content=listing._resolve_images(content)))
            except UserError as error:
                listing.feed_id = False
                listing._set_error(error)
        self.item_count = len(items)
        return items

    def _get_item_ref(self, listing):
        return f"{self.id}-{listing.id}"

    def _take_ref(self, feed_ref):
        now = fields.Datetime.now()
        values = {"feed_ref": feed_ref, "state": "submitted", "submitted_date": now, "intent_date": False}
        self.write(values | {"error": False})
        self._pause(now + POLL_PAUSE)

    def _resolve_intent(self):
        """Find out whether one feed reached AliExpress although its answer did not reach us."""
        client = self.account_id._get_client()
        page, page_count = 1, 1
        while page <= page_count:
            with looking():
                found = client.list_feeds(kind=FEED_CREATE, page=page, submitted_from=self.intent_date - CLOCK_MARGIN)
                own = next((row for row in found.rows if self._is_ours(client, row)), None)
            if own:
                self._take_ref(own.feed_ref)
                return
            page, page_count = page + 1, found.page_count
        listed_by = self.intent_date + LISTING_PATIENCE
        if listed_by > fields.Datetime.now():
            # AliExpress may list it with a delay.
            self._pause(listed_by)
        else:
            self.write({"intent_date": False, "retry_at": False})

    def _is_ours(self, client, row):
        """Whether the feed of a `FeedRow` is this one. One that nobody knows and that has no result yet is taken for
        it.
        """
        if self.search_count([("account_id", "=", self.account_id.id), ("feed_ref", "=", row.feed_ref)], limit=1):
            return False
        results = client.get_feed(row.feed_ref).results
        return (
            any(result.item_ref.startswith(f"{self.id}-") for result in results) or not results and not row.is_finished
        )

    # === RESULTS === #

    def _read_results(self):
        """Take over the results that one feed has, some hundred at a time."""
        with looking():
            result = self.account_id._get_client().get_feed(self.feed_ref)
        by_ref = {self._get_item_ref(listing): listing for listing in self.listing_ids}
        waiting = [item for item in result.results if item.item_ref in by_ref]
        for item in waiting[:RESULT_BATCH]:
            self._take_result(by_ref[item.item_ref], item)
        if len(waiting) > RESULT_BATCH:
            self.retry_at = False
        elif self._is_over(result):
            # What the feed says nothing about is looked for one by one.
            self.listing_ids.write({"feed_id": False, "retry_at": False})
            self.write({"state": "done", "retry_at": False})
        else:
            self._pause(fields.Datetime.now() + POLL_PAUSE)

    def _is_over(self, result):
        """Whether nothing more comes of the feed, by its `FeedResult`. One that is still worked off must not let its
        listings go: they would be created a second time.
        """
        is_counted = (result.total or 0) >= self.item_count
        return not self.listing_ids or (result.is_finished and is_counted) or self._is_given_up()

    def _is_given_up(self):
        """Whether the feed had all the time that it gets; its listings are looked for one by one then."""
        return (self.submitted_date or self.create_date) + RESULT_PATIENCE < fields.Datetime.now()

    def _take_result(self, listing, item):
        """Take over the `FeedItemResult` of one listing."""
        listing.write({"feed_id": False, "retry_at": False})
        if item.error:
            self.refused_count += 1
            listing._take_error(item.error)
        elif item.product_ref:
            self.accepted_count += 1
            listing._acknowledge_creation(item.product_ref, listing.attempt)
        # Accepted without a number: the intent stays, and is read back by SKU code.

    # === OUTCOME === #

    def _wait(self, error):
        """Override: the listings in it show why, and for how long."""
        result = super()._wait(error)
        for feed in self:
            feed._tell_listings({"error": feed.error, "retry_at": feed.retry_at})
        return result

    def _set_error(self, error):
        """Override to give the listings back: to be created one by one where the feed was refused as a whole, which
        says nothing about each of them, otherwise with the feed's error. What is at AliExpress already, or may be, was
        not refused: it is asked for again, and in the end looked for like a creation whose answer was lost.
        """
        reason = getattr(error, "reason", "")
        if reason in (PERMISSION, NOT_OFFERED):
            self.account_id.feed_minimum = 0
        may_be_there = reason == UNREADABLE or getattr(error, "is_looking", False)
        if may_be_there and not all(feed._is_given_up() for feed in self):
            error.retry_after = UNREADABLE_PAUSE
            return self._wait(error)
        result = super()._set_error(error)
        is_refused = isinstance(error, FixError) and not may_have_created(error)
        for feed in self:
            listings = feed.listing_ids
            listings.write({"feed_id": False, "retry_at": False})
            if may_be_there:
                continue  # their intents stay
            if is_refused:
                listings.write({"intent_date": False})
            else:
                listings._set_error(error)
        return result
