"""Each refusal in each of its forms becomes the error that says what happens next."""

import pytest
from lib_gateway import NOW, SECRET, TOKEN, Gateway

from aliexpress_connector.lib import errors, refusals
from aliexpress_connector.lib.errors import FixError, ReconnectError, TransientError
from aliexpress_connector.lib.refusals import sanitise

ALREADY = "该交易订单已填写发货通知,无需重复操作。"
# 22:13:20 UTC is 06:13:20 in Beijing.
UNTIL_MIDNIGHT_IN_BEIJING = 17 * 3600 + 46 * 60 + 40 + 1


def remote(sub_code, sub_msg="", code=15):
    return {"code": code, "msg": "Remote service error", "sub_code": sub_code, "sub_msg": sub_msg, "type": "ISP"}


def gateway(code, msg="", **more):
    return {"type": "ISV", "code": code, "msg": msg, **more}


TABLE = [
    (gateway("IncompleteSignature"), FixError, errors.SIGNATURE),
    (gateway("InvalidAppKey"), FixError, errors.SIGNATURE),
    (gateway("InvalidAppkey"), FixError, errors.SIGNATURE),
    (gateway("MissingParameter"), FixError, errors.REFUSED),
    (gateway("InvalidParameter"), FixError, errors.REFUSED),
    (gateway("UnsupportedParamMapping"), FixError, errors.REFUSED),
    (gateway("InvalidApiPath"), FixError, errors.PERMISSION),
    (gateway("InsufficientPermission"), FixError, errors.PERMISSION),
    (gateway("AppWhiteIpLimit"), FixError, errors.IP_ADDRESS),
    (gateway("IllegalAccessToken", "The specified access token is invalid or expired"), ReconnectError, errors.TOKEN),
    (gateway("IllegalRefreshToken"), ReconnectError, errors.AUTHORISATION),
    (gateway("InvalidCode"), ReconnectError, errors.AUTHORISATION),
    (gateway("ApiCallLimit"), TransientError, errors.RATE_LIMIT),
    (gateway("AppCallLimit"), TransientError, errors.RATE_LIMIT),
    (gateway("SellerCallLimit"), TransientError, errors.RATE_LIMIT),
    (gateway("ServiceTimeout"), TransientError, errors.BUSY),
    (gateway("ServiceUnavailable"), TransientError, errors.BUSY),
    (gateway("InternalError"), TransientError, errors.BUSY),
    (gateway("System Error"), TransientError, errors.BUSY),
    (gateway("SYSTEM_ERROR"), TransientError, errors.BUSY),
    (gateway("SYS_ERROR"), TransientError, errors.BUSY),
    (gateway("Unheard", type="SYSTEM"), TransientError, errors.BUSY),
    (gateway("Unheard"), FixError, errors.REFUSED),
    (remote("isp.service-unavailable"), TransientError, errors.BUSY),
    (remote("isp.50001", "服务器错误"), TransientError, errors.BUSY),
    (remote("isp.call-limited"), TransientError, errors.RATE_LIMIT),
    (remote("isv.invalid-parameter", "非法参数", code="15"), FixError, errors.REFUSED),
    (remote("isv.insufficient-permission"), FixError, errors.PERMISSION),
    (remote("isv.402"), FixError, errors.PERMISSION),
    (remote("F00-00-10020-002", "#/shipping_template_id: #: 0 subschemas"), FixError, errors.REFUSED),
    (remote("F00-00-10020-004", "系统错误"), TransientError, errors.BUSY),
    (remote("F00-10-10000-001", "system error, please try again later"), TransientError, errors.BUSY),
    (remote("F00-00-10001-002"), FixError, errors.NOT_FOUND),
    (remote("-99999"), TransientError, errors.BUSY),
    (remote("PRODUCT_IN_AUDIT_PENDING"), TransientError, errors.IN_AUDIT),
    (remote("F00-00-10020-004", "code: PRODUCT_IN_AUDIT_PENDING"), TransientError, errors.IN_AUDIT),
    (remote("PRODUCT_IN_LOCK_MODE"), TransientError, errors.LOCKED),
    (remote("-999", ALREADY), FixError, errors.ALREADY_DECLARED),
    (remote("-999", "something new"), FixError, errors.REFUSED),
    (remote("-353", code=50), FixError, errors.ALREADY_DECLARED),
    ({"code": 15, "msg": "Remote service error"}, TransientError, errors.BUSY),
    ({"code": 50, "msg": "Remote service error"}, TransientError, errors.BUSY),
    ({"code": 7, "msg": "App Call Limited"}, TransientError, errors.RATE_LIMIT),
    (
        {"code": 11, "msg": "Insufficient isv permissions", "sub_code": "isv.permission-new"},
        FixError,
        errors.PERMISSION,
    ),
    ({"code": 22, "msg": "Invalid method"}, FixError, errors.PERMISSION),
    ({"code": 25, "msg": "Invalid signature"}, FixError, errors.SIGNATURE),
    ({"code": "27", "msg": "Invalid session", "sub_code": "unknown"}, ReconnectError, errors.TOKEN),
    ({"code": 53, "msg": "insufficient security level"}, ReconnectError, errors.AUTHORISATION),
    ({"code": 40, "msg": "Missing required arguments"}, FixError, errors.REFUSED),
    ({"msg": "no code at all"}, FixError, errors.REFUSED),
    ("not even an object", FixError, errors.REFUSED),
]
FORMS = {
    "top": lambda refusal: {"error_response": refusal},
    "inside the envelope": lambda refusal: {"aliexpress_some_method_response": {"error_response": refusal}},
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("refusal, error_class, reason", TABLE)
def test_refusal(refusal, error_class, reason, form):
    with pytest.raises(error_class) as caught:
        Gateway(FORMS[form](refusal)).transport().call("aliexpress.some.method")
    assert caught.value.reason == reason
    assert caught.value.method == "aliexpress.some.method"


@pytest.mark.parametrize("spelling", ["msg", "message"])
@pytest.mark.parametrize("path", ["sync", "rest"])
def test_both_spellings_of_a_flat_refusal(spelling, path):
    answer = {
        "type": "ISV",
        "code": "IncompleteSignature",
        spelling: "Not signed",
        "request_id": "2140f4e417001234567891234",
    }
    transport = Gateway(answer).transport()
    with pytest.raises(FixError) as caught:
        transport.rest("/auth/token/create", {}) if path == "rest" else transport.call("aliexpress.some.method")
    error = caught.value
    assert (error.reason, error.detail) == (errors.SIGNATURE, "Not signed")
    assert error.request_id == "2140f4e417001234567891234"


@pytest.mark.parametrize("code", ["0", 0, "200", 200, ""])
def test_success_codes(code):
    assert Gateway({"code": code, "result": 1}).transport().call("aliexpress.some.method")["result"] == 1


@pytest.mark.parametrize(
    "refusal, seconds",
    [
        (gateway("ApiCallLimit", "Api access frequency exceeds the limit. this ban will last 1 seconds"), 2),
        (remote("accesscontrol.limited-by-api-access-count", "This ban will last for 87 more seconds", code=7), 88),
        (gateway("AppCallLimit", "this ban will last 999999 seconds"), 86401),
        (gateway("ApiCallLimit", "slower"), 60),
        (remote("accesscontrol.limited-by-app-access-count", "", code=7), UNTIL_MIDNIGHT_IN_BEIJING),
        (gateway("AppCallLimit", "the daily quota is used up"), UNTIL_MIDNIGHT_IN_BEIJING),
    ],
)
def test_how_long_a_rate_limit_lasts(refusal, seconds):
    with pytest.raises(TransientError) as caught:
        Gateway({"error_response": refusal}).transport().call("aliexpress.some.method", is_read=False)
    assert (caught.value.reason, caught.value.retry_after) == (errors.RATE_LIMIT, seconds)


@pytest.mark.parametrize(
    "code, text, reason",
    [
        ("-353", "", errors.ALREADY_DECLARED),
        ("-999", ALREADY, errors.ALREADY_DECLARED),
        ("-999", "该交易订单缺少履约信息,请联系客服处理。", errors.WRONG_STATUS),
        ("-999", "该货运跟踪号未通过物流风控审核,请更换货运跟踪号后重试。", errors.TRACKING_REFUSED),
        (-999, "系统异常,请稍候重试", errors.BUSY),
        ("-999", "您填写的交易订单号有误或不属于当前账号,请核实", errors.NOT_FOUND),
        ("", "carrier does not exist", errors.CARRIER_REFUSED),
        ("7", "a business code is no gateway code", errors.REFUSED),
        (None, None, errors.REFUSED),
    ],
)
def test_business_failure(code, text, reason):
    error = Gateway({}).transport().business_error(code, text, "aliexpress.some.method")
    assert error.reason == reason


@pytest.mark.parametrize(
    "text, reason",
    [
        ("The product is in a promotion, price can not be edited now", errors.LOCKED),
        ("Item 1005001234567890 is participating in the campaign Anniversary Sale", errors.LOCKED),
        ("This product has joined Flash Deals activity", errors.LOCKED),
        ("Campaign goods cannot be modified before the end of the sale", errors.LOCKED),
        ("Promotion is running: the SKU is not allowed to be changed", errors.LOCKED),
        ("商品正在参加平台活动", errors.LOCKED),
        ("该商品处于大促期间", errors.LOCKED),
        ("活动商品不允许编辑", errors.LOCKED),
        ("The product has been locked for violating the rules", errors.LOCKED),
        ("该商品已被锁定", errors.LOCKED),
        ("The product is under audit, please wait", errors.IN_AUDIT),
        ("商品审核中", errors.IN_AUDIT),
        ("product 1005001234567890 not exist", errors.NOT_FOUND),
        ("Item not found", errors.NOT_FOUND),
        ("商品[1005001234567890]不存在", errors.NOT_FOUND),
        ("System error", errors.BUSY),
        # What a person must mend.
        ("The discount price must be lower than the promotion price", errors.REFUSED),
        ("price is higher than the lowest price in promotion price history", errors.REFUSED),
        ("活动价不能高于原价", errors.REFUSED),
        ("The product was rejected in review: the title is illegal", errors.REFUSED),
        ("product group 262007001 does not exist", errors.REFUSED),
        ("The freight template of the product is not found", errors.REFUSED),
    ],
)
def test_refusals_of_products_in_other_words(text, reason):
    transport = Gateway({}).transport()
    assert transport.business_error("1", text, "aliexpress.solution.product.edit").reason == reason
    assert transport.business_error("1", text, "aliexpress.solution.feed.query").reason == reason


def test_words_about_campaigns_lock_products_only():
    error = Gateway({}).transport().business_error("1", "The order is in a promotion", "aliexpress.solution.order.get")
    assert error.reason == errors.REFUSED


PERSONAL = [
    ("token 50000901b30TESTTOKEN is wrong", "token *** is wrong"),
    ("sign with 0123456789abcdefSECRET", "sign with ***"),
    ("write to ana.perez@example.com, please", "write to ***, please"),
    ("call +34 600 000 000 or 600000000", "call *** or ***"),
    ("call 600-000-000.", "call ***."),
    ("two\n lines\0", "two lines"),
]


@pytest.mark.parametrize("text, shown", PERSONAL)
def test_details_hide_secrets_and_personal_data(text, shown):
    assert sanitise(text, [SECRET, TOKEN, ""]) == shown
    for answer in ({"error_response": gateway("Unheard", text)}, {"code": "Unheard", "message": text}):
        with pytest.raises(FixError) as caught:
            Gateway(answer).transport().call("aliexpress.some.method")
        assert caught.value.detail == shown


@pytest.mark.parametrize(
    "text",
    [
        "order 8180123456780011 of 1005001234567890",
        "F00-00-10020-002 at 2024-03-20 22:00:35",
        "error 13250015, ban of 3600 seconds",
        "PQ1234567890123",
        "该交易订单",
    ],
)
def test_details_keep_what_helps(text):
    assert sanitise(text) == text


def test_details_are_short_whatever_comes():
    assert len(sanitise("a b " * 10_000)) <= 500
    assert len(sanitise("a" * 1_000_000)) <= 500
    assert sanitise("half a pair \ud800") == "half a pair ?"


def test_clock_of_the_table():
    assert (NOW + 8 * 3600 + UNTIL_MIDNIGHT_IN_BEIJING - 1) % 86400 == 0


def test_codes_are_no_telephone_numbers():
    refusal = {"code": "15", "sub_code": "isv.13250001", "sub_msg": "errorCode:707001032, sku_code:8412345678905"}
    error = refusals.gateway_error(refusal, "aliexpress.solution.product.post", now=0)
    assert error.detail == refusal["sub_msg"]
    assert refusals.may_have_created(error)
    order = refusals.gateway_error(refusal | {"code": "707001032", "sub_code": ""}, "aliexpress.some.method", now=0)
    assert order.code == "707001032"
    assert "8412345678905" not in order.detail
