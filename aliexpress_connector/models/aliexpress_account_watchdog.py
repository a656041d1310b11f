from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.fields import Domain

from .aliexpress_job_mixin import CONCURRENCY_ERRORS
from .private_log import get_logger

_logger = get_logger(__name__)

# A little less than a day, so that the mail does not wander through the day.
MAIL_EVERY = timedelta(hours=23)
# Counters of the overview that are told by mail.
TOLD_COUNTS = (
    "order_cancel_count",
    "order_late_count",
    "order_hold_count",
    "order_error_count",
    "shipment_error_count",
    "shipment_waiting_count",
    "listing_rejected_count",
    "listing_error_count",
    "offer_problem_count",
)


class AliexpressAccount(models.Model):
    """The watch over shops: one mail a day to the responsible person as long as something needs a person, else none."""

    _inherit = "aliexpress.account"

    alert_mail_date = fields.Datetime(
        readonly=True, copy=False, help="When the responsible person last got a mail about what needs a person."
    )
    told_job_refs = fields.Json(
        readonly=True, copy=False, help="The scheduled actions that are switched off, as people were told."
    )

    # === JOB === #

    @api.model
    def _cron_watchdog(self):
        """Tell people about deadlines, authorisations, silence, used-up budgets and what else waits for them."""
        try:
            self._watch_ship_deadlines()
        except Exception:
            self.env.cr.rollback()
            _logger.exception("Watching the deadlines failed")
        problems = {}
        urgent = self.browse()
        for account in self.search([("state", "!=", "draft")]):
            try:
                if account._watch_authorisation():
                    urgent |= account
                account._forget_jobs_switched_on()
                problems[account] = account._get_problems()
                self.env["ir.cron"]._commit_progress()
            except CONCURRENCY_ERRORS:
                # Looked at again in some minutes.
                self.env.cr.rollback()
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Watching shop %s failed", account.id)
        self._mail_problems(problems, urgent)

    # === PROBLEMS === #

    def _get_problems(self):
        """Texts (in the responsible person's language) of all that needs a person in this shop; [] when all is well."""
        self.ensure_one()
        account = self.with_env(self._get_message_env())
        texts = [account._describe_connection(), *account._get_silences(), account._describe_budget()]
        texts += [account.publishing_error, account.refresh_error]
        texts += [account._describe_deadlines(), account.shop_data_news]
        texts += [account._describe_count(name) for name in TOLD_COUNTS]
        return [*filter(None, texts)]

    def _describe_count(self, name):
        if not self[name]:
            return ""
        label = self._fields[name]._description_string(self.env)
        return self.env._("%(label)s: %(count)s", label=label, count=self[name])

    def _describe_deadlines(self):
        # A day more than the warning itself: the next mail comes in a day.
        until = fields.Datetime.now() + timedelta(hours=self.deadline_warning_hours) + MAIL_EVERY
        Order = self.env["aliexpress.order"]
        domain = Order._get_to_declare_domain() & Domain("account_id", "=", self.id)
        domain &= Domain("ship_deadline", "<=", until) & Domain("ship_deadline", ">=", fields.Datetime.now())
        first = Order.search(domain, order="ship_deadline", limit=1)
        if not self.sync_shipments or not first:
            return ""
        return self.env._(
            "%(count)s orders must be shipped soon, the first, %(number)s, before %(date)s: AliExpress cancels what is "
            "not declared in time.",
            count=Order.search_count(domain),
            number=first.order_ref,
            date=self._format_time(first.ship_deadline),
        )

    def _describe_budget(self):
        is_used_up = self.call_budget and self.call_count_today >= self.call_budget
        if not is_used_up and not self._has_postponed_work():
            return ""
        return self.env._(
            "The shop made %(count)s of the %(budget)s calls that Calls per Day allows: products, prices or stock wait "
            "until midnight in Beijing, so that orders and tracking numbers still go through. Raise Calls per Day on "
            "the shop if AliExpress grants more.",
            count=self.call_count_today,
            budget=self.call_budget,
        )

    def _has_postponed_work(self):
        """Whether anything waits because today's calls get short."""
        waiting = {
            "content": ("aliexpress.listing", "state", "pending"),
            "price": ("aliexpress.listing.sku", "is_price_due", True),
            "stock": ("aliexpress.listing.sku", "is_quantity_due", True),
        }
        return any(
            self.env[model].search_count([("account_id", "=", self.id), (name, "=", value)], limit=1)
            for kind, (model, name, value) in waiting.items()
            if not self._has_call_budget(kind)
        )

    @api.model
    def _get_jobs(self):
        """The scheduled actions of this addon, also those that are switched off."""
        data = self.env["ir.model.data"].sudo()  # scheduled actions are for administrators
        domain = [("module", "=", "aliexpress_connector"), ("model", "=", "ir.cron")]
        jobs = self.env["ir.cron"].sudo().with_context(active_test=False)
        return jobs.browse(data.search(domain).mapped("res_id")).exists()

    def _forget_jobs_switched_on(self):
        """Have people told again when a scheduled action that they were told of is switched off another time."""
        if self.told_job_refs:
            off = self._get_jobs().filtered(lambda job: not job.active).ids
            still_off = [ref for ref in self.told_job_refs if ref in off]
            if still_off != self.told_job_refs:
                self.told_job_refs = still_off

    def _describe_jobs(self, jobs):
        """Translated texts about those of `jobs` that stand still, or were switched off since people heard of it."""
        late = fields.Datetime.now() - timedelta(days=1)
        told = self.told_job_refs or []
        switched_off = [
            self.env._(
                "The scheduled action %(name)s is switched off. An administrator can switch it on: with the developer "
                "mode on, in Settings > Technical > Scheduled Actions.",
                name=job.name,
            )
            for job in jobs
            if not job.active and job.id not in told
        ]
        return switched_off + [
            self.env._(
                "The scheduled action %(name)s should have run more than a day ago. Ask your administrator why "
                "it does not.",
                name=job.name,
            )
            for job in jobs
            if job.active and job.nextcall < late
        ]

    # === MAIL === #

    @api.model
    def _mail_problems(self, problems, urgent):
        """Send one mail a day to each person for the shops of a company that have problems; only for `_cron_*` methods.

        :param problems: `{shop: [text]}` of all shops that were looked at
        :param urgent: the shops whose people get the mail now although there was one today
        """
        latest = fields.Datetime.now() - MAIL_EVERY
        shops = self.browse([account.id for account in problems])
        readers = shops.grouped(lambda account: (account._get_responsible(), account.company_id))
        jobs = self._get_jobs()
        for (user, _company), accounts in readers.items():
            # They work for all shops: told once, with the first.
            first = accounts[0]
            problems[first] = problems[first] + first.with_env(first._get_message_env())._describe_jobs(jobs)
            concerned = accounts.filtered(lambda account: problems[account])
            last = max(filter(None, accounts.mapped("alert_mail_date")), default=None)
            if not concerned or (last and last > latest and not accounts & urgent):
                continue
            try:
                # Tried again a day later too when nobody has an address.
                accounts.alert_mail_date = fields.Datetime.now()
                if concerned._send_problem_mail({account: problems[account] for account in concerned}, user):
                    told = jobs.filtered(lambda job: not job.active).ids
                    accounts.write({"shop_data_news": False, "told_job_refs": told})
                self.env["ir.cron"]._commit_progress()
            except CONCURRENCY_ERRORS:
                self.env.cr.rollback()
            except Exception:
                self.env.cr.rollback()
                _logger.exception("The mail about shops %s was not written", concerned.ids)

    def _send_problem_mail(self, problems, user):
        """Queue the mail about these shops of a company to `user`, or to the company; return whether somebody has an
        address. `problems`: `{shop: [text]}`
        """
        company = self.company_id
        recipient = user.partner_id if user.email else company.partner_id
        if not recipient.email:
            _logger.warning("Nobody can be told that shops %s need a person: there is no mail address", self.ids)
            return False
        env = self[:1]._get_message_env()
        body = env["ir.qweb"]._render(
            "aliexpress_connector.problem_mail",
            {"problems": problems, "base_url": self[:1].get_base_url(), "user": user},
            lang=env.lang,
        )
        self.env["mail.mail"].create(
            {
                "subject": env._("AliExpress: %(names)s need you", names=", ".join(self.mapped("name"))),
                "body_html": body,
                "email_from": company.email_formatted or user.email_formatted,
                "recipient_ids": [Command.set(recipient.ids)],
                "auto_delete": True,
            }
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return True
