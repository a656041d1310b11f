from odoo import api, fields, models

FLOWS = ("sync_orders", "sync_shipments", "sync_listings", "sync_offers")


class AliexpressAccount(models.Model):
    """The guided set-up: one step after the other on the shop itself, left and taken up again at any time.

    `setup_step` is where the person stands; shops that were not made by the guided set-up are done from the start.
    """

    _inherit = "aliexpress.account"

    setup_step = fields.Selection(
        [
            ("application", "Application"),
            ("connect", "Connect"),
            ("shop_data", "Shop Data"),
            ("choices", "Choices"),
            ("listings", "Listings"),
            ("rehearsal", "Rehearsal"),
            ("switch_on", "Switch On"),
            ("done", "Done"),
        ],
        default="done",
        required=True,
        copy=False,
        help="Where the guided set-up of this shop stands.",
    )
    rehearsed_at = fields.Datetime(
        string="Rehearsed On",
        readonly=True,
        copy=False,
        help="When the import of orders was last rehearsed for this shop.",
    )
    callback_url = fields.Char(
        string="Callback Address",
        compute="_compute_callback_url",
        help="Where AliExpress sends you back to after its login. Enter it in the application at AliExpress.",
    )
    setup_problem = fields.Text(
        string="Still Missing", compute="_compute_setup_problem", help="What this step still needs before the next one."
    )
    setup_advice = fields.Text(
        string="Worth Doing", compute="_compute_setup_problem", help="What you can also do later."
    )
    logistics_service_ids = fields.One2many(
        "aliexpress.logistics.service",
        "account_id",
        string="Carriers",
        help="The carriers that AliExpress knows in this shop, and which delivery method each of them is.",
    )

    # === COMPUTE METHODS === #

    def _compute_callback_url(self):
        for account in self:
            account.callback_url = account._get_callback_url()

    @api.depends(
        "setup_step",
        "app_key",
        "app_secret",
        "state",
        "shop_data_ids.state",
        "shop_data_ids.error",
        "warehouse_id",
        "currency_id",
        "quotation_currency_id",
        "logistics_service_ids.carrier_id",
        "discovery_cursor",
        "discovered_at",
        "discovery_error",
        "rehearsed_at",
    )
    def _compute_setup_problem(self):
        checks = {
            "application": self._check_setup_application,
            "connect": self._check_setup_connect,
            "shop_data": self._check_setup_shop_data,
            "choices": self._check_setup_choices,
            "listings": self._check_setup_listings,
            "rehearsal": self._check_setup_rehearsal,
        }
        for account in self:
            check = checks.get(account.setup_step)
            problems, advice = check(account) if check else ([], [])
            account.setup_problem = "\n".join(problems)
            account.setup_advice = "\n".join(advice)

    # Each check returns two lists of texts: what is missing, and what is only worth doing.

    @api.model
    def _check_setup_application(self, account):
        # Whether the key is there is no secret; what it is, is one.
        secrets = account.sudo()
        if secrets.app_key and secrets.app_secret:
            return [], []
        if self.env.user.has_group("base.group_system"):
            return [self.env._("Enter the application key and the application secret.")], []
        return [self.env._("An administrator enters the application key and the application secret.")], []

    @api.model
    def _check_setup_connect(self, account):
        if account.state == "connected":
            return [], []
        return [self.env._("Press Connect with AliExpress, log in there and agree.")], []

    @api.model
    def _check_setup_shop_data(self, account):
        rows = account.shop_data_ids
        if not rows:
            return [self.env._("Not everything is read yet: it takes a minute. Press Look Again.")], []
        # What failed for a passing reason is read again by itself, and holds nobody up.
        unread = rows.filtered(lambda row: row.state == "pending" and not row.error)
        names = ", ".join(unread[:10].mapped("display_name"))
        problems = [self.env._("Still to be read: %(names)s. Press Look Again in a minute.", names=names)]
        failed = rows.filtered(lambda row: row.state in ("pending", "error") and row.error)
        return problems if unread else [], [
            self.env._("%(name)s could not be read: %(reason)s", name=row.display_name, reason=row.error)
            for row in failed
        ]

    @api.model
    def _check_setup_choices(self, account):
        problems = [] if account.warehouse_id else [self.env._("Choose the warehouse that delivers the orders.")]
        advice = []
        services = account.logistics_service_ids
        if not services.filtered("carrier_id"):
            advice.append(
                self.env._(
                    "No carrier has a delivery method yet. Without one, parcels wait for a person before AliExpress "
                    "is told of them."
                )
            )
        if not account.company_id.account_sale_tax_id:
            advice.append(
                self.env._(
                    "The company %(name)s has no default sales tax: products without taxes of their own are sold "
                    "without tax.",
                    name=account.company_id.name,
                )
            )
        currency_problem = account._get_currency_problem()
        if currency_problem:
            advice.append(currency_problem)
        return problems, advice

    @api.model
    def _check_setup_listings(self, account):
        if not account._has_catalogue():
            return [], [self.env._("AliExpress takes the products of this kind of shop in the seller centre only.")]
        if account.discovery_cursor:
            return [], [self.env._("AliExpress is still being read. Press Look Again.")]
        if account.discovery_error:
            return [], [account.discovery_error]
        if not account.discovered_at:
            return [], [self.env._("Find the products that this shop already has on AliExpress.")]
        if account.found_count:
            return [], [self.env._("%(count)s products of the shop wait for your decision.", count=account.found_count)]
        return [], []

    @api.model
    def _check_setup_rehearsal(self, account):
        if account.rehearsed_at:
            return [], []
        return [], [self.env._("Rehearse once: you see what would come in, and nothing happens.")]

    # === ACTION METHODS === #

    def action_setup(self):
        """Open the guided set-up of the shop, from the start where the shop was never connected."""
        self.ensure_one()
        self.check_access("write")
        if self.setup_step == "done":
            self.setup_step = "application"
            if self.state == "draft" and not self.seller_ref:
                self.write(dict.fromkeys(FLOWS, False))
        action = self.env["ir.actions.act_window"]._for_xml_id("aliexpress_connector.aliexpress_account_setup_action")
        return action | {"res_id": self.id}

    def action_setup_next(self):
        """Go on to the next step; what is only worth doing holds nobody up."""
        self._move_setup(1)

    def action_setup_back(self):
        """Go back one step."""
        self._move_setup(-1)

    def _move_setup(self, distance):
        steps = [step for step, _label in self._fields["setup_step"].selection]
        for account in self:
            if distance < 0 or not account.setup_problem:
                position = steps.index(account.setup_step) + distance
                account.setup_step = steps[max(0, min(position, len(steps) - 1))]
                account._enter_setup_step()

    def _enter_setup_step(self):
        """Begin by itself what takes a while and changes nothing."""
        if self.state != "connected":
            return
        if self.setup_step == "shop_data" and not self.shop_data_ids:
            self.action_refresh_shop_data()
        elif self.setup_step == "listings" and self._has_catalogue() and not self.discovered_at:
            self.action_find_listings()

    def action_setup_look(self):
        """Show the step again, as things are now."""
        self.check_access("read")

    def action_setup_rehearse(self):
        """Open the rehearsal of the order import."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rehearse the Import of Orders"),
            "res_model": "aliexpress.order.rehearsal",
            "view_mode": "form",
            "target": "new",
            "context": {"default_account_id": self.id},
        }

    def action_setup_finish(self):
        """End the set-up: the flows that are switched on begin at once. Opens the overview."""
        self.check_access("write")
        self.setup_step = "done"
        self._trigger_jobs()
        return self.action_setup_leave()

    def action_setup_leave(self):
        """Leave the set-up where it is; it is taken up again from the overview or the shop."""
        return self.env["ir.actions.act_window"]._for_xml_id("aliexpress_connector.aliexpress_account_overview_action")
