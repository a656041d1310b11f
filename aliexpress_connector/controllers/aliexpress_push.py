from odoo.http import Controller, Response, request, route

from ..models.aliexpress_account_push import PUSH_PATH

MAX_SIZE = 64 * 1024


class AliexpressPush(Controller):
    @route(
        PUSH_PATH,
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=MAX_SIZE,
    )
    def aliexpress_push(self, **_kwargs):
        """Take a message of AliExpress: 200 when it is signed by an application of ours, else 403 whatever is wrong.

        The work is left to a scheduled action: AliExpress wants an answer at once.
        """
        body = request.httprequest.get_data()
        signature = request.httprequest.headers.get("Authorization", "")
        is_taken = request.env["aliexpress.push.message"]._receive(body, signature)
        return Response(status=200 if is_taken else 403)
