"""The guided set-up of a shop as a person clicks through it: for tests that walk through it, and for its pictures."""

SPANISH_SHOP = {
    "name": "AliExpress Spain",
    "app_key": "501234",
    "app_secret": "helloworldsecret",
    "login": "Tienda Ejemplo",
}
CHINESE_SHOP = {
    "name": "AliExpress China",
    "app_key": "502345",
    "app_secret": "helloworldgeneral",
    "login": "Sample Trading",
}


def set_up(boss, shop):
    """Set up `shop` from the first step to the last, up to the button Finish.

    Yields the name of each step when it is filled in and before it is left: there the caller looks at it, or does more.
    """
    boss.open("aliexpress-setup")
    for name in ("name", "app_key", "app_secret"):
        boss.fill(name, shop[name])
    boss.page.click(".o_form_button_save")
    boss.settle()
    yield "application"
    boss.press("Next")
    yield "connect"
    go_to_login(boss)
    yield "login"
    log_in(boss, shop["login"])
    boss.page.wait_for_url("**/odoo/aliexpress-setup/**")
    boss.press("Next")
    wait_for_nothing_missing(boss)
    yield "shop data"
    boss.press("Next")
    boss.fill("warehouse_id", "My Company")
    yield "choices"
    boss.press("Next")
    yield "listings"
    boss.press("Next")
    yield "rehearsal"
    boss.press("Next")
    boss.page.locator("[name=sync_orders] input").click()
    boss.settle()
    yield "switch on"


def go_to_login(boss):
    """Press Connect with AliExpress, on whatever page it is, and be at AliExpress' login."""
    boss.press("Connect with AliExpress")
    boss.page.wait_for_url("**/oauth/authorize**")


def log_in(boss, name):
    """Log in at AliExpress as the seller `name`, and be back at the shop in Odoo."""
    boss.page.click(f"text=Log in as {name}")
    boss.page.wait_for_url("**/odoo/**")
    boss.page.wait_for_selector(".o_form_view")


def wait_for_nothing_missing(boss):
    """Show the step again and again until the jobs have done what it waits for."""
    boss.wait_until(lambda: not boss.page.locator("text=Still missing").count())


def rehearse(boss):
    """Rehearse the import of orders; what would happen stands in a window in front."""
    boss.press("Rehearse")
    boss.press("Rehearse", within=".modal")
    boss.page.wait_for_selector(".modal .o_data_row")
