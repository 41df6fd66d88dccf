"""What `machine.ts` measures, in PyTorch on one thread: one line of JSON for each workload, {"workload", "ms"}, processor time,
the best of several.

python3 bench/torch_machine.py [workload...]
"""
import json, sys, time
import torch, torch.nn.functional as F

import torch_loops as loops, torch_threads as threads, torch_training as training

torch.set_num_threads(1)
torch.set_flush_denormal(True)
ELEMENTS = 100_000


def best(f, repetitions=12):
    start, calls = time.process_time(), 0
    while time.process_time() - start < 0.1 or calls < 3:
        f()
        calls += 1
    turns, found = max(1, int(0.02 / ((time.process_time() - start) / calls))), []
    for _ in range(repetitions):
        start = time.process_time()
        for _ in range(turns):
            f()
        found.append((time.process_time() - start) / turns)
    return min(found) * 1e3


def product(m, k, n, dtype=torch.float32):
    a, b, c = torch.rand(m, k, dtype=dtype), torch.rand(k, n, dtype=dtype), torch.empty(m, n, dtype=dtype)
    return lambda: torch.matmul(a, b, out=c)


def on(f):
    x = torch.randn(ELEMENTS)
    return lambda: f(x)


def adam():
    x = torch.randn(ELEMENTS, requires_grad=True)
    x.grad = torch.randn(ELEMENTS)
    return torch.optim.Adam([x]).step


WORKLOADS = {
    **{f"gemm float32 {n}": lambda n=n: product(n, n, n) for n in [64, 128, 256, 512, 1024]},
    "gemm 32x784x128": lambda: product(32, 784, 128),
    "gemm 128x784x128": lambda: product(128, 784, 128),
    "gemm float64 512": lambda: product(512, 512, 512, torch.float64),
    "exp": lambda: on(torch.exp),
    "tanh": lambda: on(torch.tanh),
    "gelu": lambda: on(F.gelu),
    "adam": adam,
    "mlp_train_b32": training.WORKLOADS["mlp_train_b32"],
    "mlp_train_b128": training.WORKLOADS["mlp_train_b128"],
    "mlp_train_b512": training.WORKLOADS["mlp_train_b512"],
    "transformer": threads.transformer,
    "cnn_train_b32": training.WORKLOADS["cnn_train_b32"],
    "resnet": threads.resnet,
    "lstm": loops.LOOPS["lstm"],
}

if __name__ == "__main__":
    for name in sys.argv[1:] or WORKLOADS:
        print(json.dumps({"workload": name, "ms": best(WORKLOADS[name]())}), flush=True)
