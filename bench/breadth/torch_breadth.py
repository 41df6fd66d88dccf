"""PyTorch's side of `bench/breadth.ts`, on one thread: lines of JSON in, lines of JSON out.

    {"kind": "prepare", "twin", "mode", "dtype", "inputs", "settings"}  ->  {"prints"}: fingerprints of the results
    {"kind": "slice", "milliseconds"}  ->  {"milliseconds", "probe"}: one call, and GFLOP/s of a small product beside it

`bench/breadth.ts` starts it; alone, it prints {"probe"} and waits.
"""
import json, sys, time

try:
    import torch
except ImportError:
    sys.exit("PyTorch is not installed: on Debian it is the package python3-torch")
from torch_fill import filled, fingerprint
from torch_networks import NETWORKS
from torch_more_operations import MORE_OPERATIONS
from torch_operations import OPERATIONS

torch.set_num_threads(1)
# Trained on one batch for long, moments of units that are never active become subnormal, and subnormal numbers are slow.
torch.set_flush_denormal(True)
COMPARED_STEPS, WARM_UP = 4, 0.15


def operation(request):
    f, settings = {**OPERATIONS, **MORE_OPERATIONS}[request["twin"]], request["settings"]
    inputs = [filled(spec, place, request["dtype"]) for place, spec in enumerate(request["inputs"])]

    def results():
        y = f(settings, *inputs)
        return list(y) if isinstance(y, (list, tuple)) else [y]

    if request["mode"] == "forward":

        def forward():
            with torch.no_grad():
                return results()

        return forward, [fingerprint(t) for t in forward()]
    tracked = [t.requires_grad_() for t in inputs if t.is_floating_point()]
    fill = {"kind": "uniform", "scale": 1, "offset": 0}
    cotangents = [
        filled({"shape": list(y.shape), "fill": fill}, len(inputs) + k, request["dtype"])
        for k, y in enumerate(results())
    ]

    def backward():
        y = results()
        return y + list(torch.autograd.grad(y, tracked, cotangents))

    return backward, [fingerprint(t) for t in backward()]


def network(request):
    loss_of, settings, count = NETWORKS[request["twin"]], request["settings"], request["params"]
    inputs = [filled(spec, place, "float32") for place, spec in enumerate(request["inputs"])]
    params, data = [t.requires_grad_() for t in inputs[:count]], inputs[count:]
    adam = request["optimizer"] == "adam"
    optimizer = torch.optim.Adam(params, lr=1e-3) if adam else torch.optim.SGD(params, lr=1e-2)

    def step():
        optimizer.zero_grad()
        loss = loss_of(settings, params, data)
        loss.backward()
        optimizer.step()
        return loss

    return step, [fingerprint(step()) for _ in range(COMPARED_STEPS)]


def prepare(request):
    torch.manual_seed(0)
    return (network if request["mode"] == "train" else operation)(request)


def waited():
    """Seconds that this thread has waited for a core; 0 on systems that do not tell."""
    try:
        with open("/proc/thread-self/schedstat") as statistics:
            return int(statistics.read().split()[1]) / 1e9
    except OSError:
        return 0.0


def own_time():
    """Seconds, without those in which this thread waited for a core that others had; see `clock.ts`."""
    before = waited()
    for _ in range(5):
        now, after = time.perf_counter(), waited()
        if before == after:
            break
        before = after
    return now - after


def seconds_of(f, calls):
    start = own_time()
    for _ in range(calls):
        f()
    return (own_time() - start) / calls


SIDE = 96
left, right = torch.rand(SIDE, SIDE), torch.rand(SIDE, SIDE)


def probe():
    """GFLOP/s at this moment."""
    return 2 * SIDE**3 / seconds_of(lambda: left @ right, 40) / 1e9


def warm_up(f):
    start, calls = own_time(), 0
    while own_time() - start < WARM_UP or calls < 2:
        f()
        calls += 1
    return (own_time() - start) / calls


def main():
    warm_up(probe)
    print(json.dumps({"probe": max(probe() for _ in range(5))}), flush=True)
    call, calls = None, None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["kind"] == "prepare":
                (call, prints), calls = prepare(request), None
                reply = {"prints": prints}
            else:
                calls = calls or max(1, round(request["milliseconds"] / 1e3 / warm_up(call)))
                before, seconds = probe(), seconds_of(call, calls)
                reply = {"milliseconds": seconds * 1e3, "probe": min(before, probe())}
        except Exception as error:
            reply = {"error": f"PyTorch: {type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)


main()
