"""The control API of faults and of the record of calls."""

from .. import scenario
from ..faults import Fault
from .routes import body, route


@route("GET", "faults", "the faults in force")
def get_faults(sandbox, request):
    return {"faults": scenario.dump(sandbox.faults.list)}


@route("POST", "faults", "switch on a fault: {kind, method, count, probability …}")
def post_fault(sandbox, request):
    return scenario.dump(sandbox.faults.add(Fault(**body(request))))


@route("DELETE", "faults", "switch all faults off")
def delete_faults(sandbox, request):
    sandbox.faults.remove()


@route("DELETE", "faults/<number>", "switch one fault off")
def delete_fault(sandbox, request, number):
    sandbox.faults.remove(int(number))


@route("GET", "calls", "counts by method; ?detail=1 the calls; ?method= ?shop= ?last=")
def get_calls(sandbox, request):
    args = request.args
    calls = [
        call
        for call in list(sandbox.calls)
        if args.get("method") in (None, call.method) and args.get("shop") in (None, call.seller_id)
    ]
    counts = {}
    for call in calls:
        counts[call.method] = counts.get(call.method, 0) + 1
    result = {"total": len(calls), "counts": counts}
    if args.get("detail"):
        last = int(args.get("last", 0))
        result["calls"] = scenario.dump(calls[-last:])
    return result


@route("DELETE", "calls", "forget the calls so far")
def delete_calls(sandbox, request):
    sandbox.calls.clear()
