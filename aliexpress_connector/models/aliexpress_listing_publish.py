from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..lib.errors import BUDGET, FixError, TransientError
from .aliexpress_account import CONCURRENCY_ERRORS
from .aliexpress_listing_changes import LATE_COMMIT
from .aliexpress_listing_sections import SECTIONS
from .error_messages import describe_error
from .parallel_calls import THREADS
from .shop_run import OUTAGE_REASONS, SHOP_REASONS

PREPARE_BATCH = 20
# What says nothing about the category whose data was asked for: the shop waits, or its budget does.
SHOP_CAUSES = (SHOP_REASONS - OUTAGE_REASONS) | {BUDGET}
AUTOMATIC_LIMIT = 500


class AliexpressListing(models.Model):
    """Publishing: what is pending is checked, its pictures are uploaded, and it is created or updated on AliExpress.

    The steps stand between commits, each of them on the records: `next_act` after the checks, the pictures' own
    state, `intent_date` before a creation, `product_ref` after it. Whatever stops the job, the next run goes on from
    there.
    """

    _inherit = "aliexpress.listing"

    @api.model
    def _cron_publish_listings(self):
        """Bring the listings of all shops on AliExpress to what Odoo says. What differs is found by comparing, or
        marked pending.
        """
        self = self.with_context(aliexpress_run_at=fields.Datetime.now())._leave_out_unclear_shops()
        self._create_automatic_listings()
        self._run_queue(
            self._get_compare_domain(), "_compare", order="compared_at NULLS FIRST, id", batch_size=PREPARE_BATCH
        )
        self._run_queue(self._get_publish_domain(False), "_prepare_sending", batch_size=PREPARE_BATCH)
        self._upload_images()
        self._run_queue(self._get_publish_domain("update"), "_send_update")
        self._push_shelf()
        creating = self._look_before_creating()
        self._create_listings()
        self._read_back_reviews()
        others = self.env["aliexpress.account"].search([("discovery_cursor", "!=", False)]) - creating
        self.env["aliexpress.found.product"]._run_discovery(others, Domain.TRUE)
        self._report_remaining()

    @api.model
    def _get_publish_domain(self, act):
        """Domain of the pending listings whose next step is `act`, False for those to be checked; their pictures are
        uploaded.
        """
        domain = self._get_due_domain("sync_listings") & Domain("state", "=", "pending") & Domain("next_act", "=", act)
        if act in ("create", "update"):
            domain &= Domain("image_ids", "not any", [("state", "!=", "done")])
        if act == "create":
            looking = self.env["aliexpress.account"]._get_looking()
            return domain & Domain("product_ref", "=", False) & Domain("account_id", "not in", looking.ids)
        if act:
            return domain & Domain("product_ref", "!=", False)
        # What is being created is read back before anything else: until then it is not touched.
        return domain & Domain("intent_date", "=", False)

    @api.model
    def _get_unready_domain(self):
        """Domain of the listings to be created that the next steps of this job make ready: unchecked, or waiting for
        pictures that can be uploaded now.
        """
        now = fields.Datetime.now()
        due = Domain("retry_at", "=", False) | Domain("retry_at", "<=", now)
        uploading = Domain("image_ids", "any", Domain("state", "=", "pending") & due)
        to_create = Domain("product_ref", "=", False) & Domain("intent_date", "=", False)
        pending = self._get_due_domain("sync_listings") & Domain("state", "=", "pending") & to_create
        return pending & (Domain("next_act", "=", False) | Domain("next_act", "=", "create") & uploading)

    def _report_remaining(self):
        """Tell the scheduler whether the run was cut short: the queues of the steps each told it about themselves
        only.
        """
        left = Domain.OR(
            self._get_publish_domain(act) for act in (False, "create", "update", "online", "offline", "delete", "read")
        )
        left = (left & Domain("feed_id", "=", False)) | self._get_review_domain() | self._get_uncompared_domain()
        remaining = self.search_count(left, limit=PREPARE_BATCH)
        remaining += self.env["aliexpress.feed"]._count_remaining()
        remaining += self.env["aliexpress.found.product"]._count_remaining()
        self.env["ir.cron"]._commit_progress(remaining=remaining)

    @api.model
    def _leave_out_unclear_shops(self):
        """This model, for a run that leaves out the shops whose filter of products cannot be used: what they offer is
        not known before somebody chooses it again. The shops tell so.
        """
        Account = self.env["aliexpress.account"]
        choosing = Account._get_due_domain("sync_listings", calls_gateway=False) & Domain("product_domain", "!=", False)
        unclear = Account.search(choosing).filtered(
            lambda account: self._run_for_shop(account, lambda account: account._get_product_domain()) is None
        )
        return self.with_context(aliexpress_unclear_shop_ids=unclear.ids)

    @api.model
    def _create_automatic_listings(self):
        """Make a listing of every product that a shop offers and has none of, where the shop wants that.

        The first work of a run for the shop as a whole: what stopped the last run is told no more once this succeeds.
        """
        Account = self.env["aliexpress.account"]
        concerned = Domain("is_listing_automatic", "=", True) | Domain("publishing_error", "!=", False)
        for account in Account.search(Account._get_due_domain("sync_listings", calls_gateway=False) & concerned):
            self._run_for_shop(account, self._list_new_products)

    @api.model
    def _list_new_products(self, account):
        if account.publishing_error:
            account.publishing_error = False
        if not account.is_listing_automatic:
            return
        listed = Domain("aliexpress_listing_ids", "any", [("account_id", "=", account.id)])
        wanted = account._get_product_domain() & Domain("aliexpress_category_id", "!=", False) & ~listed
        templates = self.env["product.template"].search(wanted, limit=AUTOMATIC_LIMIT)
        self.create(
            [{"account_id": account.id, "product_tmpl_id": template.id, "state": "pending"} for template in templates]
        )

    @api.model
    def _run_for_shop(self, account, work):
        """Call `work(account)`, which asks AliExpress nothing, and commit. What goes wrong is shown at the shop and
        stops no other; then None is returned, else what `work` returns.
        """
        result = None
        try:
            result = work(account)
            self.env.flush_all()
        except CONCURRENCY_ERRORS:
            self.env.cr.rollback()
        except Exception as error:  # a bug costs one shop, not all
            self.env.cr.rollback()
            self._log_fault(error)
            account.publishing_error = describe_error(account._get_message_env(), error)
        self.env["ir.cron"]._commit_progress()
        return result

    # === CHECKS === #

    def _read_missing_shop_data(self):
        """Read what the listings of one shop need to be checked and was never read: attributes, templates, charts."""
        account = self.account_id
        if not account._has_catalogue():
            return
        unread = self.product_tmpl_id.aliexpress_category_id.filtered(lambda category: category._is_reading_due())
        language = next(iter(account._get_languages()))
        for category in unread:
            category._read_attributes(account._get_client(), language)
        if not account._get_default_freight_template():
            domain = [("account_id", "=", account.id), ("kind", "=", "freight_template")]
            ShopData = self.env["aliexpress.shop.data"]
            if not ShopData.search_count(domain, limit=1):
                ShopData._sync_rows()
            # What was read, denied or refused is left to the job of the shop's data.
            unread = ShopData.search([*domain, ("state", "=", "pending")])
            if unread:
                unread._refresh()
        self._read_missing_size_charts()

    def _read_missing_size_charts(self):
        """Read the size charts of the listings' categories, some of which take no product without one."""
        account = self.account_id
        categories = self.product_tmpl_id.aliexpress_category_id.filtered(
            lambda category: category.is_leaf and category.active
        )
        ShopData = self.env["aliexpress.shop.data"]
        known = Domain("account_id", "=", account.id) & Domain("kind", "=", "size_chart")
        rows = ShopData.search(known & Domain("category_id", "in", categories.ids))
        rows |= ShopData._create_rows(
            {(account.id, "size_chart", category.id) for category in categories - rows.category_id}
        )
        now = fields.Datetime.now()
        due = rows.filtered(lambda row: row.state == "pending" and (row.retry_at or now) <= now)
        for row in due:
            if row.state != "pending":
                continue  # what is not granted for one is granted for none
            # Most categories need none, and many applications may not ask: nothing waits for them.
            try:
                row._refresh()
            except FixError as error:
                if error.reason in SHOP_CAUSES:
                    raise
                row._set_error(error)
                row._trigger_when_waiting()
            except TransientError as error:
                if error.reason in SHOP_CAUSES:
                    raise
                # Where one gets no answer the others would each cost half a minute.
                due.filtered(lambda row: row.state == "pending")._wait(error)
                row._trigger_when_waiting()
                break

    def _prepare_sending(self):
        """Find out what is to be done about pending listings of one shop; what cannot be sent as it is becomes an
        error.
        """
        self._read_missing_shop_data()
        self._complete_lines()
        images = self._register_images()
        by_checksum = {image.checksum: image for image in images}
        chosen = self._get_images()
        contents = self._prepare_contents()
        shelf = self._get_wanted_shelf()
        problems = self._check_quality(contents)
        self._take_baseline(contents)
        for listing in self:
            checksums = {attachment.checksum for attachment in chosen[listing.id].attachments}
            needed = images.browse(by_checksum[checksum].id for checksum in checksums if checksum in by_checksum)
            act, error = listing._choose_act(contents[listing.id], shelf[listing.id], problems[listing.id])
            listing.attempt = {
                "digests": listing._get_digests(contents[listing.id]),
                "wanted": shelf[listing.id],
                "blocked": bool(error),
            }
            listing._set_act(act, error, needed)

    def _choose_act(self, content, wanted, problems):
        """(next act, error text) of the listing: an act of `next_act`, or None with the reason, or (None, "") when
        all is as wanted.
        """
        if wanted == "deleted":
            return ("delete", "") if self.product_ref or self.intent_date else (None, "")
        if wanted == "offline":
            if not self.product_ref and self.goal == "online":
                return None, self._describe_exclusion()
            if not self.product_ref or self.remote_state in ("offline", "rejected"):
                return None, ""
            # AliExpress moves nothing during its review, after which the product would go on sale.
            return ("read" if self.remote_state == "auditing" else "offline"), ""
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

    def _describe_exclusion(self):
        """Why the listing is not created although a person wants it (translated)."""
        return self.account_id._get_message_env()._(
            "The shop %(shop)s does not offer %(product)s: it is archived, cannot be sold, or is excluded there. "
            "Change that, then press Send.",
            shop=self.account_id.name,
            product=self.product_tmpl_id.name,
        )

    def _set_act(self, act, error, images):
        """Write down what `_choose_act` found."""
        # What the next sending will show; a picture that failed before is tried again.
        images.filtered(lambda image: image.state == "error").write({"state": "pending", "retry_at": False})
        values = {"next_act": act, "image_ids": [Command.set(images.ids if act in ("create", "update") else [])]}
        values["compared_at"] = fields.Datetime.now() - LATE_COMMIT
        if error:
            values |= {"state": "error", "error": error}
            self._log_result("check", "refused", error)
        elif not act:
            values |= {"state": self._get_settled_state()}
            # Why AliExpress rejected it stays to be read.
            values |= {} if values["state"] == "rejected" else {"error": False}
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
        Image._run_queue(Image._get_wanted_domain(), "_upload", batch_size=THREADS)
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
