"""The workloads of `loop_workloads.ts` in PyTorch on one thread: one line of JSON for each, {"workload", "ms"}, the processor's
time for one call, the best of many runs.

python3 bench/torch_loops.py [workload...]
"""
import json, sys, time
import torch, torch.nn as nn, torch.nn.functional as F

torch.set_num_threads(1)
torch.set_flush_denormal(True)
torch.manual_seed(0)

WORDS, LARGE, SMALL = 64, (128, 32, 32), (32, 100, 1)


def best(f, repetitions=30):
    start, calls = time.process_time(), 0
    while time.process_time() - start < 0.3 or calls < 3:
        f()
        calls += 1
    turns, found = max(1, int(0.02 / ((time.process_time() - start) / calls))), []
    for _ in range(repetitions):
        start = time.process_time()
        for _ in range(turns):
            f()
        found.append((time.process_time() - start) / turns)
    return min(found) * 1e3


class Network(nn.Module):
    def __init__(self, make, width):
        super().__init__()
        self.words, self.cell, self.end = nn.Embedding(WORDS, width), make(width, width, batch_first=True), nn.Linear(width, WORDS)

    def forward(self, x):
        return self.end(self.cell(self.words(x))[0])


def network(make, sizes):
    width, steps, batch = sizes
    model = Network(make, width)
    optimizer = torch.optim.Adam(model.parameters())
    x, y = torch.randint(0, WORDS, (batch, steps)), torch.randint(0, WORDS, (batch * steps,))

    def f():
        optimizer.zero_grad()
        F.cross_entropy(model(x).reshape(batch * steps, WORDS), y).backward()
        optimizer.step()

    return f


def by_hand(make, sizes):
    """The same with a loop over the cell, as one writes it."""
    width, steps, batch = sizes
    words, cell, end = nn.Embedding(WORDS, width), make(width, width), nn.Linear(width, WORDS)
    optimizer = torch.optim.Adam([p for part in (words, cell, end) for p in part.parameters()])
    x, y = torch.randint(0, WORDS, (batch, steps)), torch.randint(0, WORDS, (batch * steps,))

    def f():
        optimizer.zero_grad()
        carry, outputs, embedded = None, [], words(x)
        for k in range(steps):
            carry = cell(embedded[:, k], carry)
            outputs.append(carry[0] if isinstance(carry, tuple) else carry)
        F.cross_entropy(end(torch.stack(outputs, 1)).reshape(batch * steps, WORDS), y).backward()
        optimizer.step()

    return f


def equation(advance):
    start = torch.tensor([2.0, 0.0], dtype=torch.float64, requires_grad=True)
    rate = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
    turn = torch.tensor([[-0.1, 2.0], [-2.0, -0.1]], dtype=torch.float64)

    def f():
        u = start
        for _ in range(1000):
            u = advance(lambda u: rate * (turn @ (u * u * u)), u, 1e-3)
        torch.autograd.grad(u.square().sum(), [start, rate])

    return f


def rk4(f, u, h):
    k1 = f(u)
    k2 = f(u + k1 * (h / 2))
    k3 = f(u + k2 * (h / 2))
    k4 = f(u + k3 * h)
    return u + (k1 + (k2 + k3) * 2 + k4) * (h / 6)


LOOPS = {
    "lstm": lambda: network(nn.LSTM, LARGE),
    "gru": lambda: network(nn.GRU, LARGE),
    "lstm_small": lambda: network(nn.LSTM, SMALL),
    "lstm_by_hand": lambda: by_hand(nn.LSTMCell, LARGE),
    "gru_by_hand": lambda: by_hand(nn.GRUCell, LARGE),
    "lstm_small_by_hand": lambda: by_hand(nn.LSTMCell, SMALL),
    "euler": lambda: equation(lambda f, u, h: u + f(u) * h),
    "rk4": lambda: equation(rk4),
}

if __name__ == "__main__":
    for name in sys.argv[1:] or LOOPS:
        print(json.dumps({"workload": name, "ms": best(LOOPS[name]())}), flush=True)
