from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, new_test_user
from odoo.tools import mute_logger

from ..lib.errors import AUTHORISATION, ReconnectError
from .common import AliexpressCase, error_response

LIST = "aliexpress.solution.order.get"


class TestWatchdog(AliexpressCase):
    """Who is responsible hears of what needs a person, once a day, and of nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "ae_responsible", "sales_team.group_sale_manager", email="boss@example.com")
        cls.account.user_id = cls.user
        cls.now = fields.Datetime.now()
        cls.account.write(
            {"orders_success_date": cls.now, "connected_date": cls.now - timedelta(days=30), "silence_hours": 6}
        )
        cls.other = cls.create_account("Other shop", seller_ref="2671514006", user_id=cls.user.id, silence_hours=0)

    def watch(self, days=0, hours=0):
        """Run the job that much later; the mails it made."""
        before = self.env["mail.mail"].search([])
        with freeze_time(self.now + timedelta(days=days, hours=hours)):
            self.run_job("watchdog")
        return self.env["mail.mail"].search([]) - before

    def create_order(self, number=1, **values):
        values = {"is_detail_due": False, "state": "done"} | values
        return self.env["aliexpress.order"].create({"account_id": self.account.id, "order_ref": str(number)} | values)

    def test_nothing_is_said_while_all_is_well(self):
        self.create_order()
        self.assertFalse(self.watch())
        self.assertFalse(self.account.activity_ids)

    def test_one_mail_a_day_for_all_shops_of_a_person(self):
        self.create_order(1, state="hold")
        self.create_order(2, state="error")
        self.create_order(3, state="error", account_id=self.other.id)
        self.account.silence_hours = 0
        mail = self.watch()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.recipient_ids, self.user.partner_id)
        for text in ("Test shop", "Other shop", "Orders on Hold: 1", "Orders with Errors: 1"):
            self.assertIn(text, mail.body_html)
        self.assertFalse(self.watch(hours=1))
        self.create_order(4, state="hold", account_id=self.other.id)
        self.assertFalse(self.watch(hours=22))
        self.assertEqual(len(self.watch(hours=24)), 1)

    def test_each_person_hears_of_their_own_shops(self):
        colleague = new_test_user(self.env, "ae_colleague", "sales_team.group_sale_manager", email="c@example.com")
        self.other.user_id = colleague
        self.create_order(1, state="hold")
        mail = self.watch()
        self.assertEqual(mail.recipient_ids, self.user.partner_id)
        self.assertNotIn("Other shop", mail.body_html)

    def test_alarms_of_a_shop_without_a_responsible_person_reach_a_sales_manager(self):
        self.assertFalse(self.create_account("Provisioned by a script", seller_ref="2671514007").user_id)
        leader = new_test_user(self.env, "ae_leader", "sales_team.group_sale_salesman", email="l@example.com")
        self.create_order(1, state="hold")
        self.account.write({"user_id": False, "team_id": self.env["crm.team"].create({"name": "Web"}).id})
        first_manager = self.env["res.users"].search(
            [("all_group_ids", "in", self.env.ref("sales_team.group_sale_manager").id)], order="id", limit=1
        )
        self.assertEqual(self.account._get_responsible(), first_manager)
        self.account.user_id = self.env.ref("base.user_root")
        self.assertEqual(self.account._get_responsible(), first_manager)
        self.account.user_id = new_test_user(self.env, "ae_packer", "stock.group_stock_manager", email="p@example.com")
        self.assertEqual(self.account._get_responsible(), first_manager, "the warehouse cannot open the shop")
        self.account.user_id = self.user
        self.user.active = False
        self.account.team_id.user_id = leader
        self.account.authorization_expiry = self.now + timedelta(days=2)
        self.assertEqual(self.watch().recipient_ids, leader.partner_id)
        self.assertEqual(self.account.activity_ids.user_id, leader)

    def test_a_company_hears_nothing_of_the_shops_of_another(self):
        company = self.env["res.company"].create({"name": "Their company", "email": "theirs@example.com"})
        theirs = self.create_account("Their shop", company=company, seller_ref="2671514008", silence_hours=0)
        self.create_order(1, state="hold", account_id=theirs.id)
        self.create_order(2, state="hold")
        self.user.active = False
        self.assertFalse(theirs._get_responsible())
        self.company.email = "ours@example.com"
        mails = self.watch()
        self.assertIn(company.partner_id, mails.recipient_ids)
        for mail in mails:
            self.assertNotEqual("Their shop" in mail.body_html, "Test shop" in mail.body_html)

    def test_what_became_of_the_shops_own_data_waits_for_the_mail_of_the_day(self):
        template = self.env["aliexpress.freight.template"].create(
            {"account_id": self.account.id, "ref": "1", "name": "Spain"}
        )
        self.account.freight_template_id = template
        before = self.env["mail.mail"].search([]) | self.env["mail.mail"]
        notified = self.env["mail.notification"].search_count([])
        for _category in range(3):
            self.account._report_vanished(template)
        self.assertEqual(self.env["mail.mail"].search([]), before)
        self.assertEqual(self.env["mail.notification"].search_count([]), notified)
        self.assertIn("Spain", self.watch().body_html)
        self.assertFalse(self.account.shop_data_news)

    def test_the_mail_is_in_the_language_of_its_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.user.lang = "fr_FR"
        self.env["ir.model.fields"]._get("aliexpress.account", "order_hold_count").with_context(
            lang="fr_FR"
        ).field_description = "En attente"
        self.create_order(1, state="hold")
        self.assertIn("En attente", self.watch().body_html)

    def test_an_authorisation_about_to_end_is_told_on_the_day_even_after_the_mail_of_the_day(self):
        self.create_order(1, state="hold")
        self.assertTrue(self.watch())
        self.account.authorization_expiry = self.now + timedelta(days=7)
        mail = self.watch(hours=2)
        self.assertIn("Connect with AliExpress", mail.body_html)
        self.assertEqual(self.account.activity_ids.user_id, self.user)
        self.assertFalse(self.watch(hours=3))

    def test_an_authorisation_that_ended_is_told_at_once(self):
        self.create_order(1, state="hold")
        self.assertTrue(self.watch())
        self.account._expire(ReconnectError(AUTHORISATION))
        self.assertIn("nothing is imported", self.watch(hours=1).body_html)
        self.assertFalse(self.watch(hours=2))

    def test_orders_to_be_shipped_soon_are_told_before_the_last_mail_could_come_too_late(self):
        self.account.deadline_warning_hours = 24
        for number, hours in enumerate((60, 40, 30)):
            self.create_order(
                number, stage="waiting_shipment", ship_deadline=self.now + timedelta(hours=hours), is_detail_due=False
            )
        self.assertIn("2 orders must be shipped soon, the first, 2, before", self.watch().body_html)

    def test_orders_that_are_held_or_fail_must_be_shipped_too(self):
        deadline = self.now + timedelta(hours=5)
        self.create_order(1, stage="waiting_shipment", ship_deadline=deadline, state="hold")
        self.create_order(2, stage="waiting_shipment", ship_deadline=deadline + timedelta(hours=1), state="error")
        self.assertIn("2 orders must be shipped soon, the first, 1, before", self.watch().body_html)

    def test_what_aliexpress_ships_alarms_nobody(self):
        past, soon = self.now - timedelta(hours=5), self.now + timedelta(hours=5)
        values = {"stage": "waiting_shipment", "is_platform_fulfilled": True}
        orders = self.create_order(1, ship_deadline=past, **values) | self.create_order(2, ship_deadline=soon, **values)
        self.assertFalse(self.watch())
        self.assertFalse(orders.activity_ids)
        self.assertEqual((self.account.order_late_count, self.account.order_shipment_count), (0, 0))

    @mute_logger("odoo.addons.aliexpress_connector.models.aliexpress_account_shipping")
    def test_a_fault_of_one_shop_leaves_the_deadlines_of_the_others_watched(self):
        # No calendar west of Greenwich has this day.
        self.env.user.tz = self.env.ref("base.user_root").tz = "America/New_York"
        values = {"stage": "waiting_shipment", "state": "done", "is_detail_due": False}
        shops = self.account.search([("id", "in", (self.account | self.other).ids)])
        bad = self.create_order(1, **values, account_id=shops[0].id, ship_deadline="0001-01-01 00:00:00")
        good = self.create_order(2, **values, account_id=shops[1].id, ship_deadline=self.now + timedelta(hours=5))
        self.watch()
        self.assertFalse(bad.activity_ids)
        self.assertTrue(good.activity_ids)

    def test_deadlines_are_watched_without_their_kind_of_activity(self):
        self.env.ref("aliexpress_connector.mail_activity_type_ship_deadline").unlink()
        order = self.create_order(1, stage="waiting_shipment", ship_deadline=self.now + timedelta(hours=5))
        self.watch()
        self.assertTrue(order.activity_ids)

    def test_activities_of_jobs_send_no_mail_of_their_own(self):
        self.create_order(1, stage="waiting_shipment", ship_deadline=self.now + timedelta(hours=2))
        self.assertEqual(len(self.watch()), 1)
        self.assertTrue(self.env["aliexpress.order"].search([("account_id", "=", self.account.id)]).activity_ids)

    def test_orders_that_cannot_be_read_for_hours_raise_the_alarm(self):
        self.answers[LIST] = error_response("ServiceUnavailable")
        self.other.active = False
        with freeze_time(self.now + timedelta(hours=5)):
            self.run_job("fetch_orders")
        self.assertFalse(self.watch(hours=5))
        mail = self.watch(hours=7)
        self.assertIn("could not be read since", mail.body_html)
        self.assertIn("systems were busy", mail.body_html)

    def test_orders_that_cannot_be_read(self):
        order = self.env["aliexpress.order"].create(
            {
                "account_id": self.account.id,
                "order_ref": "8180000000000001",
                "is_detail_due": True,
                "list_update_date": self.now - timedelta(hours=7),
            }
        )
        order.flush_recordset()
        self.env.cr.execute(
            "UPDATE aliexpress_order SET create_date = %s WHERE id = %s", (self.now - timedelta(hours=7), order.id)
        )
        # An attempt a minute ago changes nothing.
        order.write({"error": "busy", "retry_at": self.now, "state": "error"})
        self.assertIn("could not be read for more than 6 hours", "\n".join(self.account._get_silences()))
        order.list_update_date = self.now
        self.assertFalse(self.account._get_silences())

    def test_a_long_catching_up_is_no_silence(self):
        self.account.write({"orders_synced_until": self.now - timedelta(days=40), "orders_success_date": self.now})
        self.assertFalse(self.watch())

    def test_a_shop_just_connected_again_gets_its_hours(self):
        self.account.orders_success_date = self.now - timedelta(days=40)
        self.account.state = "expired"
        self.account.state = "connected"
        self.assertFalse(self.account._get_silences())

    def test_a_flow_that_is_off_or_an_alarm_that_is_off_is_silent(self):
        self.account.orders_success_date = self.now - timedelta(days=2)
        self.assertTrue(self.account._get_silences())
        self.account.sync_orders = False
        self.assertFalse(self.account._get_silences())
        self.account.write({"sync_orders": True, "silence_hours": 0})
        self.assertFalse(self.account._get_silences())

    def age(self, record, hours=10):
        self.env.flush_all()
        self.env.cr.execute(
            f"UPDATE {record._table} SET create_date = %s, write_date = %s WHERE id = %s",
            [self.now - timedelta(hours=hours)] * 2 + [record.id],
        )
        record.invalidate_recordset()

    def test_work_that_stays_undone_raises_the_alarm(self):
        order = self.create_order(1, state="pending")
        self.age(order)
        service = self.env["aliexpress.logistics.service"].create(
            {"account_id": self.account.id, "code": "EMS", "name": "EMS"}
        )
        shipment = self.env["aliexpress.shipment"].create(
            {"order_id": order.id, "service_id": service.id, "tracking_ref": "EE123456789CN"}
        )
        self.age(shipment)
        listing = self.env["aliexpress.listing"].create(
            {"account_id": self.account.id, "product_tmpl_id": self.shirt.product_tmpl_id.id, "state": "pending"}
        )
        self.age(listing)
        self.env["aliexpress.offer.comparison"].create(
            {"account_id": self.account.id, "looked_until": self.now - timedelta(hours=10)}
        )
        texts = "\n".join(self.account._get_silences())
        for text in ("to be processed", "could not be declared", "were not taken up", "Prices and stock"):
            self.assertIn(text, texts)

    def test_offers_that_were_never_compared_raise_the_alarm(self):
        values = {"account_id": self.account.id, "product_tmpl_id": self.shirt.product_tmpl_id.id}
        listing = self.env["aliexpress.listing"].create(values | {"product_ref": "5", "state": "online"})
        self.assertFalse(self.account._get_silences(), "it was not there for long")
        self.age(listing)
        self.assertIn("could not be brought in line", "\n".join(self.account._get_silences()))
        listing.state = "offline"
        self.assertFalse(self.account._get_silences())

    def test_scheduled_actions_that_are_off_or_late_are_told(self):
        self.env.ref("aliexpress_connector.ir_cron_fetch_orders").active = False
        self.env.ref("aliexpress_connector.ir_cron_push_offers").nextcall = self.now - timedelta(days=3)
        mail = self.watch()
        self.assertEqual(mail.body_html.count("AliExpress: fetch orders is switched off"), 1)
        self.assertEqual(mail.body_html.count("AliExpress: send prices and stock should have run"), 1)

    def test_a_scheduled_action_that_stays_switched_off_is_told_once(self):
        self.account.silence_hours = 0
        self.account._get_jobs().nextcall = self.now + timedelta(days=30)
        job = self.env.ref("aliexpress_connector.ir_cron_refresh_listings")
        for job.active, days in ((False, 0), (True, 1), (False, 2)):
            self.assertEqual(len(self.watch(days=days)), 0 if job.active else 1)
            self.assertFalse(self.watch(days=days, hours=23.5))

    def test_a_used_up_budget_is_told(self):
        self.account.call_budget = 10
        self.env["aliexpress.call.count"].create(
            {
                "account_id": self.account.id,
                "date": self.env["aliexpress.call.count"]._get_today(),
                "method": LIST,
                "count": 10,
            }
        )
        self.assertIn("Calls per Day", self.watch().body_html)

    def test_without_an_address_the_company_is_told(self):
        self.user.partner_id.email = False
        self.company.email = "office@example.com"
        self.create_order(1, state="hold")
        self.assertEqual(self.watch().recipient_ids, self.company.partner_id)

    @mute_logger("odoo.addons.aliexpress_connector.models.aliexpress_account_watchdog")
    def test_what_nobody_could_be_told_waits_for_an_address(self):
        self.account.silence_hours = 0
        self.account._get_jobs().nextcall = self.now + timedelta(days=30)
        self.env.ref("aliexpress_connector.ir_cron_refresh_listings").active = False
        self.account.shop_data_news = "The template Spain vanished."
        self.user.partner_id.email = self.company.email = False
        self.assertFalse(self.watch())
        self.assertTrue(self.account.shop_data_news)
        self.company.email = "office@example.com"
        mail = self.watch(days=1)
        self.assertIn("template Spain", mail.body_html)
        self.assertIn("read listings back is switched off", mail.body_html)
        self.assertFalse(self.account.shop_data_news)

    def test_draft_and_archived_shops_are_left_alone(self):
        self.create_order(1, state="hold")
        self.account.state = "draft"
        self.assertFalse(self.watch())
        self.account.write({"state": "connected", "active": False})
        self.assertFalse(self.watch())
