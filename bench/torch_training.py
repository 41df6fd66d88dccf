"""Training steps of PyTorch on one thread: one line of JSON for each workload, {"workload", "ms"}, the best of several.

python3 bench/torch_training.py [workload...]
"""
import json, sys, time
import torch, torch.nn as nn, torch.nn.functional as F

torch.set_num_threads(1)
# Trained on one batch for long, moments of units that are never active become subnormal: without this, steps that take
# 0.6 ms at first take 1.4 ms after a thousand.
torch.set_flush_denormal(True)
torch.manual_seed(0)


def best(f, seconds=0.6, repetitions=6):
    for _ in range(3):
        f()
    start = time.perf_counter()
    f()
    calls = max(1, int(seconds / repetitions / max(time.perf_counter() - start, 1e-7)))
    found = []
    for _ in range(repetitions):
        start = time.perf_counter()
        for _ in range(calls):
            f()
        found.append((time.perf_counter() - start) / calls)
    return min(found) * 1e3


def step(model, loss, x, y):
    optimizer = torch.optim.Adam(model.parameters())

    def f():
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()

    return f


def tiny():
    model = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
    return step(model, F.mse_loss, torch.rand(1, 2), torch.rand(1, 1))


def mlp():
    return nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))


def mlp_train(batch):
    return step(mlp(), F.cross_entropy, torch.rand(batch, 784), torch.randint(0, 10, (batch,)))


def mlp_infer():
    model, x = mlp(), torch.rand(1, 784)

    def f():
        with torch.no_grad():
            model(x)

    return f


class Pool(nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


def cnn_train(batch):
    sizes = [(1, 16, 1), (16, 32, 2), (32, 64, 2)]
    blocks = [[nn.Conv2d(i, o, 3, stride=s, padding=1), nn.BatchNorm2d(o), nn.ReLU()] for i, o, s in sizes]
    model = nn.Sequential(*sum(blocks, []), Pool(), nn.Linear(64, 10))
    return step(model, F.cross_entropy, torch.rand(batch, 1, 28, 28), torch.randint(0, 10, (batch,)))


WORKLOADS = {
    "tiny_train_b1": tiny,
    "mlp_train_b1": lambda: mlp_train(1),
    "mlp_train_b32": lambda: mlp_train(32),
    "mlp_train_b128": lambda: mlp_train(128),
    "mlp_train_b512": lambda: mlp_train(512),
    "cnn_train_b1": lambda: cnn_train(1),
    "cnn_train_b32": lambda: cnn_train(32),
    "mlp_infer_b1": mlp_infer,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or WORKLOADS:
        print(json.dumps({"workload": name, "ms": best(WORKLOADS[name]())}), flush=True)
