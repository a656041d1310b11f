from odoo.http import Controller, request, route

from ..models.aliexpress_account_connection import CALLBACK_PATH


class AliexpressConnector(Controller):
    @route(CALLBACK_PATH, type="http", auth="user", methods=["GET"])
    def aliexpress_callback(self, code="", state="", **_kwargs):
        """Come back from AliExpress' login: exchange the code and show the shop, connected or with the reason why
        not.
        """
        account_id, _separator, csrf_token = state.partition("-")
        if not account_id.isdecimal() or not request.validate_csrf(csrf_token):
            raise request.not_found()
        # The id comes from the URL: the user's own rights decide what it opens.
        account = request.env["aliexpress.account"].browse(int(account_id)).exists()
        if not account or not account.has_access("write"):
            raise request.not_found()
        account._log_in(code)
        page = "aliexpress-shops" if account.setup_step == "done" else "aliexpress-setup"
        return request.redirect(f"/odoo/{page}/{account.id}")
