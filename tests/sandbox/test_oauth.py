"""Login page, codes and tokens."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

CARRIERS = "aliexpress.logistics.redefining.listlogisticsservice"
BACK = "https://odoo.example.com/aliexpress/callback"


def authorize(sandbox, **values):
    query = {"response_type": "code", "force_auth": "true", "redirect_uri": BACK, "client_id": "501234", **values}
    return requests.get(f"{sandbox.url}/oauth/authorize", params=query, timeout=5)


def login(sandbox, **values):
    form = {
        "response_type": "code",
        "redirect_uri": BACK,
        "client_id": "501234",
        "state": "s 1",
        "seller_id": "2671514005",
        **values,
    }
    response = requests.post(f"{sandbox.url}/oauth/authorize", data=form, allow_redirects=False, timeout=5)
    assert response.status_code == 302
    return parse_qs(urlsplit(response.headers["Location"]).query)


def test_login_page_and_redirect(sandbox):
    page = authorize(sandbox, state="s 1")
    assert "Tienda Ejemplo" in page.text and "Sample Trading" not in page.text
    query = login(sandbox)
    assert query["state"] == ["s 1"]
    assert query["code"][0].startswith("3_501234_")


@pytest.mark.parametrize(
    "wrong", [{"client_id": "9"}, {"response_type": "token"}, {"redirect_uri": "nowhere"}, {"redirect_uri": "x:/y"}]
)
def test_login_page_refuses(sandbox, wrong):
    sandbox.app.callback_urls = [BACK]
    assert authorize(sandbox, **wrong).status_code == 400


def test_code_becomes_tokens_once(sandbox, client):
    code = login(sandbox)["code"][0]
    answer = client.rest("/auth/token/create", code=code)
    assert (answer["code"], answer["seller_id"], answer["account_platform"]) == ("0", "2671514005", "seller_center")
    assert answer["expires_in"] == 2592000
    assert answer["refresh_expires_in"] == 5183988
    assert answer["expire_time"] > 1.7e12
    assert client.call(CARRIERS, common={"session": answer["access_token"]})["result_success"]
    again = client.rest("/auth/token/create", code=code)
    assert again["code"] == "InvalidCode"
    assert set(again) == {"type", "code", "message", "request_id"}


def test_code_lives_three_minutes(sandbox, client):
    code = sandbox.issue_code().code
    sandbox.advance(seconds=181)
    assert client.rest("/auth/token/create", code=code)["code"] == "InvalidCode"


def test_uuid_spoils_the_code(sandbox, client):
    code = login(sandbox, uuid="u1")["code"][0]
    assert client.rest("/auth/token/create", code=code, uuid="u1")["code"] == "InvalidCode"


def test_test_apps_and_security_apps(sandbox, client):
    sandbox.app.status = "Test"
    answer = client.rest("/auth/token/security/create", code=sandbox.issue_code().code)
    assert (answer["expires_in"], answer["refresh_expires_in"]) == (86400, 172800)
    assert not {"havana_id", "user_nick", "account", "account_platform"} & set(answer)


def test_refresh_gives_a_new_pair_and_keeps_the_end(sandbox, client):
    token = client.rest("/auth/token/create", code=sandbox.issue_code().code)
    sandbox.advance(minutes=100)
    new = client.rest("/auth/token/refresh", refresh_token=token["refresh_token"])
    assert new["access_token"] != token["access_token"]
    assert new["expires_in"] == 2592000
    assert new["refresh_token_valid_time"] == token["refresh_token_valid_time"]
    assert abs(new["refresh_expires_in"] - (5183988 - 6000)) <= 2
    dead = client.rest("/auth/token/refresh", refresh_token=token["refresh_token"])
    assert dead["code"] == "IllegalRefreshToken"
    assert client.error(CARRIERS, common={"session": token["access_token"]})[0] == "IllegalAccessToken"


def test_old_tokens_may_live_on(sandbox, client):
    sandbox.world.settings.old_refresh_dies = sandbox.world.settings.old_access_dies = False
    token = client.rest("/auth/token/create", code=sandbox.issue_code().code)
    for _index in range(2):
        assert client.rest("/auth/token/refresh", refresh_token=token["refresh_token"])["code"] == "0"
    assert client.call(CARRIERS, common={"session": token["access_token"]})["result_success"]


def test_expiry(sandbox, client):
    sandbox.expire_tokens()
    assert client.error(CARRIERS)[0] == "IllegalAccessToken"
    assert client.rest("/auth/token/refresh", refresh_token=client.token.refresh_token)["code"] == "0"
    sandbox.expire_tokens(refresh=True)
    assert client.rest("/auth/token/refresh", refresh_token=client.token.refresh_token)["code"] == "IllegalRefreshToken"


def test_bad_signature_and_path(sandbox, client):
    answer = client.rest("/auth/token/nothing", code="x")
    assert answer["code"] == "InvalidApiPath"
    body = {"app_key": "501234", "timestamp": "1700000000000", "sign_method": "sha256", "sign": "x", "code": "y"}
    answer = requests.post(f"{sandbox.url}/rest/auth/token/create", data=body, timeout=5).json()
    assert answer["code"] == "IllegalTimestamp"
