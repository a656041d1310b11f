from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from lib_gateway import NOW, Gateway, sample

from aliexpress_connector.lib import auth, errors
from aliexpress_connector.lib.errors import FixError, ReconnectError

MOMENT = datetime(2023, 11, 14, 22, 13, 20)


def create(**changes):
    return auth.create_tokens(Gateway(sample("tokens") | changes).transport(), "3_501234_x")


def test_login_address():
    url = urlsplit(
        auth.authorize_url(
            "501234", "https://odoo.example.com/aliexpress/callback", "7-abc&d", "http://127.0.0.1:8080/"
        )
    )
    assert f"{url.scheme}://{url.netloc}{url.path}" == "http://127.0.0.1:8080/oauth/authorize"
    assert {key: value for key, [value] in parse_qs(url.query).items()} == {
        "response_type": "code",
        "force_auth": "true",
        "redirect_uri": "https://odoo.example.com/aliexpress/callback",
        "client_id": "501234",
        "state": "7-abc&d",
    }


def test_first_tokens():
    gateway = Gateway(sample("tokens"))
    tokens = auth.create_tokens(gateway.transport(), "3_501234_x")
    assert tokens.access_token == "50000601234EXAMPLEaccess"
    assert tokens.refresh_token == "50001600567EXAMPLErefresh"
    assert tokens.access_token_expiry == MOMENT + timedelta(days=30)
    assert tokens.authorization_expiry == MOMENT + timedelta(seconds=5183988)
    assert (tokens.seller_ref, tokens.seller_name) == ("2671514005", "es1012345678abcd")
    [call] = gateway.calls
    assert (call.path, call.params) == ("/rest/auth/token/create", {"code": "3_501234_x"})


def test_renewal():
    gateway = Gateway(sample("tokens"))
    auth.refresh_tokens(gateway.transport(), "50001000c2R")
    [call] = gateway.calls
    assert (call.path, call.params) == ("/rest/auth/token/refresh", {"refresh_token": "50001000c2R"})


def test_life_times_may_be_text():
    assert create(expires_in="3600").access_token_expiry == MOMENT + timedelta(hours=1)


def test_life_times_may_be_told_as_moments():
    for number in (int, str):
        tokens = create(
            expires_in=None,
            refresh_expires_in=None,
            expire_time=number(1702592000000),
            refresh_token_valid_time=number(1705183988000),
        )
        assert tokens.access_token_expiry == MOMENT + timedelta(days=30)
        assert tokens.authorization_expiry == MOMENT + timedelta(seconds=5183988)
    assert create(expires_in=None, expire_time=1600000000000).access_token_expiry == MOMENT + timedelta(days=1)


def test_what_no_database_stores_is_left_out():
    tokens = create(access_token="50000\0901", seller_id="26\0", user_nick="shop\ud83d")
    assert (tokens.access_token, tokens.seller_ref, tokens.seller_name) == ("50000901", "26", "shop?")


def test_token_that_cannot_be_renewed():
    tokens = create(expires_in=3600, refresh_expires_in=0)
    assert tokens.authorization_expiry == tokens.access_token_expiry == MOMENT + timedelta(hours=1)


@pytest.mark.parametrize("odd", [None, "", "soon", -5, 10**30, True, {}, [1], 0])
def test_tokens_are_never_lost_over_an_odd_life_time(odd):
    moments = {"expire_time": odd, "refresh_token_valid_time": odd}
    tokens = create(
        expires_in=odd, refresh_expires_in=None, refresh_token=None, seller_id=None, user_nick=["x"], **moments
    )
    assert tokens.access_token_expiry == MOMENT + timedelta(days=1)
    assert tokens.authorization_expiry is None
    assert (tokens.refresh_token, tokens.seller_ref, tokens.seller_name) == ("", "2671514005", "")


def test_renewal_without_a_new_refresh_token_keeps_the_old():
    gateway = Gateway(sample("tokens") | {"refresh_token": None})
    assert auth.refresh_tokens(gateway.transport(), "50001000c2R").refresh_token == "50001000c2R"


@pytest.mark.parametrize("token", [None, "", {}, True, ["x"]])
def test_answer_without_token(token):
    with pytest.raises(FixError) as caught:
        create(access_token=token)
    assert caught.value.reason == errors.UNREADABLE


@pytest.mark.parametrize("code", ["InvalidCode", "IllegalRefreshToken"])
def test_only_a_person_can_help(code):
    gateway = Gateway({"type": "ISV", "code": code, "message": "3_501234_x is not valid", "request_id": "a"})
    with pytest.raises(ReconnectError) as caught:
        auth.create_tokens(gateway.transport(), "3_501234_x")
    assert caught.value.reason == errors.AUTHORISATION
    assert caught.value.detail == "*** is not valid"


def test_tokens_do_not_show_themselves():
    assert "EXAMPLE" not in repr(create())


def test_clock_of_the_transport_counts():
    assert NOW == (MOMENT - datetime(1970, 1, 1)).total_seconds()
