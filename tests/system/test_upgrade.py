"""The module's own life: an update leaves alone what people have set, and once removed nothing of it is left."""

import os
import subprocess
import sys

from test_orders_crash import DRAIN, place

# What people change where: each line is checked again after the update.
EDIT = """
status = env["aliexpress.order.status"].search([("code", "=", "RISK_CONTROL")])
status.write({"action": "hold", "stage": "frozen"})
env["aliexpress.order.status"].create({"code": "OWN_STATUS", "name": "Own", "stage": "new", "action": "draft"})
cron = env.ref("aliexpress_connector.ir_cron_push_offers")
cron.write({"interval_number": 7, "interval_type": "hours", "active": False})
account = env["aliexpress.account"].search([])
account._refresh_carriers()
product = env["product.product"].create({"name": "Own lorry", "type": "service"})
carrier = env["delivery.carrier"].create({"name": "Own lorry", "product_id": product.id})
service = env["aliexpress.logistics.service"].search([("code", "=", "SPAIN_LOCAL_SEUR")])
service.carrier_id = carrier
category = env["aliexpress.category"].create({"ref": "77", "name": "Shirts", "is_leaf": True})
attribute = env["aliexpress.attribute"].create({"ref": "10", "name": "Material", "category_id": category.id})
env["aliexpress.attribute.mapping"].create(
    {"category_id": category.id, "attribute_id": attribute.id, "text": "from a field"})
product_category = env["product.category"].create({"name": "Ours", "aliexpress_category_id": category.id})
template = env["product.template"].create({"name": "Listed", "categ_id": product_category.id})
env["aliexpress.listing"].create({"account_id": account.id, "product_tmpl_id": template.id})
env.ref("aliexpress_connector.mail_activity_type_ship_deadline").name = "Hurry"
env.cr.commit()
"""
EDITED = {
    "SELECT code, stage, action FROM aliexpress_order_status WHERE code IN ('RISK_CONTROL', 'OWN_STATUS') ORDER BY 1": [
        ("OWN_STATUS", "new", "draft"),
        ("RISK_CONTROL", "frozen", "hold"),
    ],
    """SELECT interval_number, interval_type, active FROM ir_cron JOIN ir_model_data d ON d.model = 'ir.cron'
        AND d.res_id = ir_cron.id WHERE d.name = 'ir_cron_push_offers'""": [("7", "hours", "f")],
    """SELECT s.code, c.name->>'en_US' FROM aliexpress_logistics_service s JOIN delivery_carrier c
        ON c.id = s.carrier_id WHERE s.code = 'SPAIN_LOCAL_SEUR'""": [("SPAIN_LOCAL_SEUR", "Own lorry")],
    "SELECT text FROM aliexpress_attribute_mapping": [("from a field",)],
    "SELECT name FROM product_category WHERE aliexpress_category_id IS NOT NULL": [("Ours",)],
    "SELECT state, app_key, family FROM aliexpress_account": [("connected", "501234", "solution")],
    "SELECT count(*) FROM aliexpress_order WHERE state = 'done'": [("2",)],
    "SELECT name->>'en_US' FROM mail_activity_type WHERE name->>'en_US' = 'Hurry'": [("Hurry",)],
}
UNINSTALL = """
module = env["ir.module.module"].search([("name", "=", "aliexpress_connector")])
module.button_immediate_uninstall()
"""
# What a company does all day; and every view of what the addon had extended can be shown.
WORK = """
partner = env["res.partner"].create({"name": "Buyer"})
product = env["product.product"].search([("default_code", "=", "CAP-RED")])
order = env["sale.order"].create(
    {"partner_id": partner.id, "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 1})]})
order.action_confirm()
order.picking_ids.move_ids.quantity = 1
order.picking_ids.move_ids.picked = True
order.picking_ids.button_validate()
assert order.picking_ids.state == "done", order.picking_ids.state
imported = env["sale.order"].search([("client_order_ref", "=like", "81%")])
assert len(imported) == 2 and set(imported.mapped("state")) == {"sale"}
for name in ("sale.order", "stock.picking", "product.template", "product.product", "res.partner", "delivery.carrier",
             "digest.digest", "product.category", "stock.package"):
    env[name].get_views([(False, "form"), (False, "list"), (False, "search")])
    env[name].search([], limit=5).read()

env["ir.cron"].search([]).mapped("code")
env["ir.ui.menu"].load_menus(False)
print("all is well")
"""
LEFT = {
    "tables": "SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'aliexpress%'",
    "columns": "SELECT table_name, column_name FROM information_schema.columns WHERE column_name LIKE 'aliexpress%'",
    "models": "SELECT model FROM ir_model WHERE model LIKE 'aliexpress%'",
    "fields": "SELECT model, name FROM ir_model_fields WHERE name LIKE 'aliexpress%'",
    "scheduled actions": "SELECT cron_name FROM ir_cron WHERE cron_name LIKE 'AliExpress%'",
    "views": "SELECT name FROM ir_ui_view WHERE name LIKE '%aliexpress%' OR arch_db::text LIKE '%aliexpress%'",
    "menus": "SELECT name FROM ir_ui_menu WHERE name->>'en_US' LIKE 'AliExpress%'",
    "actions": "SELECT name FROM ir_act_window WHERE res_model LIKE 'aliexpress%'",
    "activities": "SELECT id FROM mail_activity WHERE res_model LIKE 'aliexpress%'",
    "names": "SELECT name FROM ir_model_data WHERE module = 'aliexpress_connector' AND name NOT LIKE 'product_%'",
    "triggers": "SELECT t.id FROM ir_cron_trigger t LEFT JOIN ir_cron c ON c.id = t.cron_id WHERE c.id IS NULL",
}


def test_update_and_removal(odoo, gateway):
    """On one database, to be quick: edited, updated, used, removed, used again."""
    odoo.connect(gateway)
    place(gateway, 2)
    odoo.run(DRAIN.format(seconds=60, count=2) + EDIT)
    update = [sys.executable, "-m", "odoo", "-d", odoo.database, "-u", "aliexpress_connector", "--stop-after-init"]
    done = subprocess.run(
        [*update, "--no-http", "--log-level=warn"], cwd=odoo.folder, env=os.environ, capture_output=True, text=True
    )
    assert done.returncode == 0 and " ERROR " not in done.stderr, done.stderr
    for query, rows in EDITED.items():
        assert odoo.sql(query) == rows, query
    output = odoo.run(UNINSTALL)
    # What was sold stays: Odoo tries to delete the addon's own products, and keeps them.
    errors = [line for line in output.splitlines() if " ERROR " in line and 'DELETE FROM "product_' not in line]
    assert errors == []
    assert {name: rows for name, query in LEFT.items() if (rows := odoo.sql(query))} == {}
    odoo.load_anew()
    output = odoo.run(WORK)
    assert "all is well" in output and " ERROR " not in output and "WARNING" not in output, output
