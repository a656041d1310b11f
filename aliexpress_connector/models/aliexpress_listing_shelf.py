from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..lib.catalogue_rules import PRODUCTS_PER_DELETE_CALL, PRODUCTS_PER_SHELF_CALL
from ..lib.catalogue_values import ProductDetail
from ..lib.errors import NOT_FOUND, REFUSED, FixError
from .product_reader import read_products


class AliexpressListing(models.Model):
    """The shelf: listings put on it, taken off it, and deleted for good."""

    _inherit = "aliexpress.listing"

    # === WHAT IS WANTED === #

    def action_take_offline(self):
        """Have the listings taken off the shelf; they stay on AliExpress with their reviews."""
        self._set_goal("offline")

    def action_put_online(self):
        """Have the listings put on the shelf, published first where AliExpress does not have them yet."""
        self._set_goal("online")

    def _set_goal(self, goal):
        self.check_access("write")
        self.write({"goal": goal, "state": "pending", "retry_at": False})
        self._trigger_job()

    def _get_wanted_shelf(self):
        """`online`, `offline` or `deleted`: what the goal, the product and the shop's choice of products make of the
        listings, by id.
        """
        wanted = {}
        for account, listings in self.grouped("account_id").items():
            domain = account._get_product_domain() & Domain("id", "in", listings.product_tmpl_id.ids)
            offered = self.env["product.template"].search(domain)  # archived products are not found
            for listing in listings:
                # SKUs that nobody linked yet say nothing about the variants.
                is_sold = any(sku.is_offered or sku.is_foreign for sku in listing.sku_ids)
                is_offered = listing.product_tmpl_id in offered and is_sold
                wanted[listing.id] = listing.goal if is_offered or listing.goal == "deleted" else "offline"
        return wanted

    def _keep_wanted(self, shelf):
        """Those of the listings still wanted as `shelf` says; the next step of the others is found out anew."""
        wanted = self._get_wanted_shelf()
        kept = self.filtered(lambda listing: wanted[listing.id] == shelf)
        (self - kept).write({"next_act": False, "feed_id": False})
        return kept

    # === JOB === #

    @api.model
    def _push_shelf(self):
        """Do what the checks found to be done about the shelf."""
        self._run_queue(self._get_publish_domain("offline"), "_take_off_shelf", batch_size=PRODUCTS_PER_SHELF_CALL)
        self._run_queue(self._get_publish_domain("online"), "_put_on_shelf", batch_size=PRODUCTS_PER_SHELF_CALL)
        self._run_queue(self._get_publish_domain("delete"), "_delete_products", batch_size=PRODUCTS_PER_DELETE_CALL)

    def _take_off_shelf(self):
        """Take the listings of one shop off the shelf."""
        self._change_shelf("take_off_shelf", "offline")

    def _put_on_shelf(self):
        """Put the listings of one shop on the shelf."""
        self._change_shelf("put_on_shelf", "online")

    def _change_shelf(self, name, state):
        """Call the act `name` of the client; each listing gets its own outcome."""
        listings = self._keep_wanted(state)
        if not listings:
            return
        account = self.account_id
        account._check_call_budget("content")
        client = account._get_client()
        result = getattr(client, name)(listings.mapped("product_ref"))
        by_ref = {listing.product_ref: listing for listing in listings}
        accepted = self.browse(by_ref[ref].id for ref in result.accepted)
        accepted._settle(state)
        accepted._log_result(state, "accepted")
        listings._take_shelf_refusals({by_ref[ref]: error for ref, error in result.refused.items()}, client)
        # Whether it took effect is only known by reading it back.
        self.browse(by_ref[ref].id for ref in result.unclear).write({"next_act": "read"})

    @api.model
    def _take_shelf_refusals(self, refused, client):
        """Take over why AliExpress moved some listings not (`{listing: error}`): often they are in another state there
        than was known here, and then that state is what counts.
        """
        unexplained = [listing for listing, error in refused.items() if error.reason == REFUSED]
        details = read_products(client, unexplained)
        for listing, error in refused.items():
            detail = details.get(listing)
            if isinstance(detail, ProductDetail) and detail.status not in ("", listing.remote_state):
                listing._take_detail(detail, client)
            else:
                listing._take_error(error)

    def _take_error(self, error):
        """Show an `AliexpressError` that concerns the listing alone: it waits, or is an error."""
        if error.reason == NOT_FOUND and self.product_ref:
            self._set_vanished(error)
        elif hasattr(error, "retry_after"):
            self._wait(error)
        else:
            self._set_error(error)

    def _note_shelf(self, remote_state):
        """Before `remote_state`, as AliExpress tells it, is taken over: what somebody took off the shelf outside Odoo
        stays off until a person here puts it back.
        """
        if remote_state != "offline":
            return
        shown = self.filtered(lambda listing: listing.remote_state in ("online", False))
        shown.filtered(lambda listing: not listing.sku_ids)._sync_skus()
        # What Odoo itself does not offer now, it may have taken off without having heard the answer.
        wanted = shown._get_wanted_shelf()
        gone = shown.filtered(lambda listing: wanted[listing.id] == "online")
        gone.write({"goal": "offline"})
        for listing in gone.filtered("remote_state"):
            message = listing.account_id._get_message_env()._(
                "AliExpress shows this listing off the shelf. Press Put on the Shelf to sell it again."
            )
            listing.message_post(body=message)

    def _settle(self, remote_state):
        """AliExpress has the listings in `remote_state` now, and nothing is to be done about them."""
        self.write(
            {"state": remote_state, "remote_state": remote_state, "next_act": False, "error": False, "retry_at": False}
        )

    def _delete_products(self):
        """Delete the listings of one shop on AliExpress for good. AliExpress does not tell which ones it deleted."""
        listings = self._keep_wanted("deleted")
        if not listings:
            return
        account = self.account_id
        account._check_call_budget("content")
        try:
            account._get_client().delete_products(listings.mapped("product_ref"))
        except FixError as error:
            # Of several products, AliExpress does not tell which one it has not got: they are repeated one by one.
            if error.reason != NOT_FOUND or len(listings) > 1:
                raise
        listings._log_result("delete", "accepted", ", ".join(listings.mapped("product_ref")))
        listings._forget()

    def _forget(self):
        """Cut the tie with the product on AliExpress; the listing is a draft again."""
        self.write(
            {
                "product_ref": False,
                "remote_state": False,
                "is_vanished": False,
                "language": False,
                "is_published_here": False,
                "content_digests": False,
                "attempt": False,
                "intent_date": False,
                "feed_id": False,
                "next_act": False,
                "state": "draft",
                "goal": "online",
                "error": False,
                "retry_at": False,
                "is_quantity_waiting": False,
                "is_price_waiting": False,
            }
        )
        self.sku_ids.filtered(lambda sku: not sku.product_id).unlink()
        self.sku_ids._forget_offers()

    @api.model
    def _link(self, vals_list):
        """The listings of these values, of products that AliExpress has: made, or those that were there and never
        sent.
        """
        shops, templates = ([vals[name] for vals in vals_list] for name in ("account_id", "product_tmpl_id"))
        own = Domain("account_id", "in", shops) & Domain("product_tmpl_id", "in", templates)
        unsent = self.search(own & self._get_unbegun_domain())
        listings = {(listing.account_id.id, listing.product_tmpl_id.id): listing for listing in unsent}
        missing = []
        for key, vals in zip(zip(shops, templates, strict=True), vals_list, strict=True):
            if key in listings:
                listings[key]._forget()
                listings[key].write(vals | {"sku_ids": [Command.clear(), *vals["sku_ids"]]})
            else:
                missing.append(vals)
        unsent.filtered("product_ref")._remember_contents()
        listings |= {(listing.account_id.id, listing.product_tmpl_id.id): listing for listing in self.create(missing)}
        return [listings[key] for key in zip(shops, templates, strict=True)]

    def _set_vanished(self, error):
        """AliExpress has not got the product any more. Said once: several jobs meet it, night after night."""
        if self.state == "error" and self.is_vanished:
            return
        self._set_error(error)
        self.write({"remote_state": False, "is_vanished": True})
        # Prices and stock are sent again when AliExpress shows the SKUs again.
        self.sku_ids._set_missing(self.sku_ids.ids)

    # === ACTION METHODS === #

    def action_delete(self):
        """Have the listings deleted on AliExpress, with their reviews and history. The second of two questions was
        answered with yes.
        """
        self._set_goal("deleted")

    def action_forget(self):
        """Cut the tie with products that AliExpress has not got any more, so that they can be published anew."""
        self.check_access("write")
        living = self.filtered(lambda listing: listing.product_ref and not listing.is_vanished)
        if living:
            raise UserError(
                self.env._(
                    "%(names)s is still on AliExpress, so it cannot be published anew. Press Delete… there first.",
                    names=", ".join(living.mapped("display_name")),
                )
            )
        self._forget()
