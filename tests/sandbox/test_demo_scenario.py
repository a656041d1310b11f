import json

from aliexpress_sandbox import Sandbox


def test_the_demo_has_all_of_the_default_and_a_shop_to_connect():
    default, demo = Sandbox("default").world, Sandbox("demo").world
    assert set(demo.shops) - set(default.shops) == {"2671514007"}
    assert set(demo.apps) - set(default.apps) == {"503456"}
    spain = "2671514005"
    assert set(default.shops[spain].orders) < set(demo.shops[spain].orders)
    assert not [token for token in demo.tokens if token.seller_id == "2671514007"]


def test_a_scenario_file_may_extend_a_built_in_one(tmp_path):
    path = tmp_path / "more.json"
    path.write_text(json.dumps({"extends": "default", "place": [{"lines": ["MUG-01"], "order_id": 4711}]}))
    assert 4711 in Sandbox(str(path)).shop.orders
    assert len(Sandbox(str(path)).shop.orders) == len(Sandbox("default").shop.orders) + 1
