"""What AliExpress answers when it refuses, and which error that becomes.

A refusal comes as `error_response` (at the top or inside the envelope, `msg` or `message`), as a flat object from
`/rest`, or as codes and texts inside a success envelope. Codes are looked up first, then the texts: those are Chinese
and the only thing that tells some shipping refusals apart.
"""

import re

from . import errors

RETRY_AFTER = {
    errors.NETWORK: 60,
    errors.RATE_LIMIT: 60,
    errors.BUSY: 60,
    errors.IN_AUDIT: 3600,
    errors.LOCKED: 6 * 3600,
}
_RECONNECT = frozenset({errors.TOKEN, errors.AUTHORISATION})
_SUCCESS_CODES = frozenset({"", "0", "200"})

_REASONS = {
    errors.SIGNATURE: "IncompleteSignature InvalidAppKey",
    # An unknown method is one this application will never have: the other family may be the right one.
    errors.PERMISSION: "InsufficientPermission InvalidApiPath isv.insufficient-permission isv.invalid-authorization "
    "isv.402 isv.account-migration-check-fail AUTH_TYPE_UNSUPPORTED",
    errors.IP_ADDRESS: "AppWhiteIpLimit",
    errors.NOT_FOUND: "F00-00-10001-002",
    errors.ALREADY_DECLARED: "-353",
    errors.BUSY: "ServiceTimeout ServiceUnavailable InternalError SYSTEM_ERROR SYS_ERROR "
    "13250015 250004 7250004 16009999 -99999 F00-10-10000-001 F00-00-10014-017 F00-00-10014-018 F00-00-10009-002 "
    "API_CALL_UIC_TENANT_ERROR_0001 API_CALL_UIC_TAG_ERROR_0005 THD_IC_F_IC_INFRA_SELLER_005",
    errors.RATE_LIMIT: "ApiCallLimit AppCallLimit SellerCallLimit isp.call-limited",
    errors.IN_AUDIT: "PRODUCT_IN_AUDIT_PENDING",
    errors.LOCKED: "PRODUCT_IN_LOCK_MODE PRODUCT_IN_PROMOTION",
    errors.TOKEN: "IllegalAccessToken",
    errors.AUTHORISATION: "IllegalRefreshToken InvalidCode",
}
_REASON_OF_CODE = {code.lower(): reason for reason, codes in _REASONS.items() for code in codes.split()}
_REASON_OF_CODE["system error"] = errors.BUSY
# The older gateway's numbers mean this as `code` alone: as `sub_code` or in a success envelope a 7 is something else.
_REASON_OF_NUMBER = {
    "7": errors.RATE_LIMIT,
    "10": errors.BUSY,
    **dict.fromkeys(("11", "12", "22"), errors.PERMISSION),
    **dict.fromkeys(("24", "25", "28", "29"), errors.SIGNATURE),
    **dict.fromkeys(("26", "27"), errors.TOKEN),
    "53": errors.AUTHORISATION,
}

_REASON_OF_TEXT = [
    (re.compile(pattern, re.IGNORECASE), reason)
    for pattern, reason in [
        ("已填写发货通知|重复操作", errors.ALREADY_DECLARED),
        ("缺少履约信息", errors.WRONG_STATUS),
        ("未通过物流风控|更换货运跟踪号", errors.TRACKING_REFUSED),
        ("交易订单号有误|不属于当前账号|订单不存在|order does not exist|order not found", errors.NOT_FOUND),
        # Nothing but its number may stand between: the group or template of a product is something else.
        (
            r"(?:产品|商品)\W*\d*\W*不存在|(?<!of )(?<!of the )(?<!of this )\b(?:product|item)(?: ?id)?\W*\d*\W*"
            r"(?:(?:(?:does|do|did) not|doesn.t|not) exists?|(?:is |was )?not found)",
            errors.NOT_FOUND,
        ),
        ("carrier does not exist", errors.CARRIER_REFUSED),
        ("PRODUCT_IN_AUDIT_PENDING", errors.IN_AUDIT),
        ("PRODUCT_IN_LOCK_MODE|PRODUCT_IN_PROMOTION", errors.LOCKED),
        ("系统(?:异常|错误|繁忙|超时)|服务器错误|SYS_ERROR|SYSTEM_ERROR|system (?:error|is busy)", errors.BUSY),
        # The codes of product systems behind the gateway stand in the text of a code that says "publishing failed".
        (r"(?<!\d)(?:13250015|7?250004|-99999)(?!\d)|API_CALL_UIC_TA|THD_IC_F_IC_INFRA", errors.BUSY),
    ]
]

# What products only are refused for, and in words that nobody has written down. A price that is too high for a campaign
# passes by no waiting: the product itself must be what the campaign holds.
_EVENT = r"(?:promotions?|campaigns?|activity|activities)\b(?! (?:price|discount|rate|stock))"
_HELD = r"(?:can ?not|can.t|not allowed|not permitted|not be|forbidden|prohibited|locked)"
_CHANGED = r"(?:edit|modif|chang|updat|delet|operat|offline)"
_REASON_OF_PRODUCT_TEXT = [
    (re.compile(pattern, re.IGNORECASE), reason)
    for pattern, reason in [
        (r"under (?:audit|review)\b|being (?:audited|reviewed)|审核中|正在审核|待审核", errors.IN_AUDIT),
        (r"\bproduct (?:is|was|has been) (?:punished|locked)|(?:产品|商品)[^。]{0,8}(?:锁定|冻结)", errors.LOCKED),
        (
            rf"\b(?:in|during|under|joined|joining|locked by|participat\w+|enroll?ed)\b[^.;]{{0,40}}?\b{_EVENT}"
            rf"|\b{_EVENT}[^.;]{{0,60}}\b{_HELD}\b[^.;]{{0,20}}\b{_CHANGED}",
            errors.LOCKED,
        ),
        (
            "(?:促销|大促|活动)(?:期间|期内|中|锁定)|(?:参加|参与|报名|处于|正在)[^。]{0,12}(?:促销|大促|活动)(?!价)"
            "|(?:促销|大促|活动)(?!价)[^。]{0,20}(?:不能|不可|不可以|不允许|无法|禁止)[^。]{0,6}"
            "(?:编辑|修改|更改|变更|更新|操作|删除|下架)",
            errors.LOCKED,
        ),
    ]
]

# Refusals because of a restricted category, after which the product may appear in the shop all the same.
_CREATED_ALL_THE_SAME = re.compile(r"CHK_CATEGORY_ID_NO_PERMISSION|(?<!\d)707001032(?!\d)")

_SECONDS = re.compile(r"([0-9]{1,6})(?: more)? seconds?", re.IGNORECASE)
# Limits of the application, not of one seller.
_APP_LIMIT = re.compile(r"appcall|apicall|accesscontrol\.limited-by-(?:app|api|dynamic)", re.IGNORECASE)
_DAILY = re.compile(r"limited-by-app-access-count|daily|\b(?:per|a) day\b|today|每日|每天|当日|当天", re.IGNORECASE)

_EMAIL = re.compile(r"[^\s@<>\"',;:]+@[^\s@<>\"',;:]+")
# Nine digits or more, or fewer after a plus. Order numbers have sixteen; dates and error codes are left out.
_PHONE = re.compile(r"(?<![\w-])(?!\d{4}-\d\d-\d\d)(?:\+\d(?:[ .()-]{0,2}\d){5,14}|\d(?:[ .()-]?\d){8,14})(?![\w-])")


def find_refusal(answer):
    """Return the dict of the refusal that the decoded `answer` (a dict) carries, or None for a success envelope."""
    inside = [value for value in answer.values() if isinstance(value, dict)]
    for place in [answer, *inside]:
        if "error_response" in place:
            error = place["error_response"]
            return error if isinstance(error, dict) else {"msg": error}
    if _text(answer.get("code")) not in _SUCCESS_CODES and not {"message", "msg", "type"}.isdisjoint(answer):
        return answer
    return None


def gateway_error(refusal, method, *, now, secrets=()):
    """Return the error for a dict of `find_refusal`; `now` is Unix time."""
    code, sub_code = _text(refusal.get("code")), _text(refusal.get("sub_code"))
    sub_text = _text(refusal.get("sub_msg"))
    text = sub_text or _text(refusal.get("msg")) or _text(refusal.get("message"))
    reason = _reason_of_code(sub_code) or _reason_of_code(code) or _REASON_OF_NUMBER.get(code)
    reason = reason or _reason_of_text(text, method)
    is_bare = code in ("15", "50") and not sub_code and not sub_text  # "Remote service error" and nothing else
    if not reason and (is_bare or _text(refusal.get("type")).upper() == "SYSTEM"):
        reason = errors.BUSY
    told = {"method": method, "request_id": request_id_of(refusal)}
    return _error(reason or errors.REFUSED, sub_code or code, text, now, secrets, **told)


def business_error(code, text, method, *, now, request_id="", secrets=(), default=errors.REFUSED):
    """Return the error for a code and a text that came inside a success envelope; unknown ones get `default`."""
    code, text = _text(code), _text(text)
    reason = _reason_of_code(code) or _reason_of_text(text, method) or default
    return _error(reason, code, text, now, secrets, method=method, request_id=request_id)


def may_have_created(error):
    """Whether the refusal of a creation, a `FixError`, leaves open that AliExpress made the product."""
    return bool(_CREATED_ALL_THE_SAME.search(f"{error.code} {error.detail}"))


def request_id_of(answer):
    """Return the `request_id` of a decoded answer, "" where there is none that looks like one."""
    text = _text(answer.get("request_id"))
    return text if re.fullmatch(r"[0-9A-Za-z_-]{1,64}", text) else ""


def sanitise(text, secrets=(), has_phones=True):
    """Return `text` on one line of at most 500 characters, without `secrets`, e-mail addresses and phone numbers.

    :param has_phones: False where long numbers are codes, such as that of a refusal, an EAN or a SKU
    """
    for secret in secrets:
        if len(secret) > 5:  # anything shorter protects nothing, and would punch holes into words
            text = text.replace(secret, "***")
    text = _EMAIL.sub("***", text[:2000])
    text = _PHONE.sub("***", text) if has_phones else text
    return " ".join(text.replace("\0", " ").encode("utf-8", "replace").decode().split())[:500]


def _reason_of_code(code):
    reason = _REASON_OF_CODE.get(code.lower(), "")
    if not reason and code.lower().startswith("accesscontrol.limited"):
        return errors.RATE_LIMIT
    if not reason and code.lower().startswith("isp."):
        return errors.BUSY
    return reason


def _reason_of_text(text, method):
    patterns = _REASON_OF_TEXT + (_REASON_OF_PRODUCT_TEXT if _is_about_products(method) else [])
    return next((reason for pattern, reason in patterns if pattern.search(text)), "")


def _is_about_products(method):
    return "product" in method or ".feed." in method


def _error(reason, code, text, now, secrets, **told):
    detail = sanitise(text, secrets, has_phones=not _is_about_products(told["method"]))
    told["code"] = sanitise(code, secrets, has_phones=False)[:64]
    if reason in _RECONNECT:
        return errors.ReconnectError(reason, detail, **told)
    if reason not in RETRY_AFTER:
        return errors.FixError(reason, detail, **told)
    retry_after = _ban_seconds(f"{code} {text}", now) if reason == errors.RATE_LIMIT else RETRY_AFTER[reason]
    is_app_limit = reason == errors.RATE_LIMIT and bool(_APP_LIMIT.match(code))
    return errors.TransientError(reason, detail, retry_after=retry_after, concerns_app=is_app_limit, **told)


def _ban_seconds(text, now):
    """Return how long a rate limit lasts: as told, else until midnight in Beijing for a daily quota, else a guess."""
    told = _SECONDS.search(text)
    if told:
        return min(int(told.group(1)), 86400) + 1
    if _DAILY.search(text):
        return 86400 - int(now + 8 * 3600) % 86400 + 1
    return RETRY_AFTER[errors.RATE_LIMIT]


def _text(value):
    return str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
