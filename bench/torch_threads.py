"""What `threads.ts` measures, in PyTorch: one line of JSON for each workload, {"workload", "ms"}, the best of several.

python3 bench/torch_threads.py THREADS [workload...]
"""
import json, sys
import torch, torch.nn as nn, torch.nn.functional as F

import torch_training as training

CHARACTERS, CONTEXT, BATCH, FEATURES, HEADS = 80, 32, 32, 96, 4


def product(m, k, n, dtype=torch.float32):
    a, b = torch.rand(m, k, dtype=dtype), torch.rand(k, n, dtype=dtype)
    return lambda: a @ b


def on(f, *shape):
    x = torch.randn(*shape)
    return lambda: f(x)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.parts = nn.ModuleList(nn.Linear(FEATURES, FEATURES) for _ in range(4))
        self.register_buffer("hidden", torch.triu(torch.full((CONTEXT, CONTEXT), float("-inf")), 1))

    def forward(self, x):
        heads = lambda y: y.view(*y.shape[:2], HEADS, -1).transpose(1, 2)
        q, k, v = [heads(part(x)) for part in self.parts[:3]]
        scores = q @ k.transpose(-1, -2) / (FEATURES // HEADS) ** 0.5 + self.hidden
        return self.parts[3]((scores.softmax(-1) @ v).transpose(1, 2).reshape(x.shape))


class Residual(nn.Module):
    def __init__(self, *parts, shortcut=None, after=None):
        super().__init__()
        self.inner, self.shortcut, self.after = nn.Sequential(*parts), shortcut, after

    def forward(self, x):
        y = self.inner(x) + (x if self.shortcut is None else self.shortcut(x))
        return y if self.after is None else self.after(y)


class CharacterModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.characters, self.positions = nn.Embedding(CHARACTERS, FEATURES), nn.Embedding(CONTEXT, FEATURES)
        dense = lambda: (nn.Linear(FEATURES, 4 * FEATURES), nn.GELU(), nn.Linear(4 * FEATURES, FEATURES))
        blocks = [
            part
            for _ in range(2)
            for part in (
                Residual(nn.LayerNorm(FEATURES), Attention()),
                Residual(nn.LayerNorm(FEATURES), *dense()),
            )
        ]
        self.rest = nn.Sequential(*blocks, nn.LayerNorm(FEATURES), nn.Linear(FEATURES, CHARACTERS))

    def forward(self, codes):
        return self.rest(self.characters(codes) + self.positions.weight).reshape(-1, CHARACTERS)


def transformer():
    codes = torch.randint(0, CHARACTERS, (BATCH, CONTEXT))
    return training.step(CharacterModel(), F.cross_entropy, codes, codes.reshape(-1))


def normalized(channels, out, size, stride):
    return [nn.Conv2d(channels, out, size, stride, size // 2, bias=False), nn.BatchNorm2d(out)]


def twice(channels, out, stride):
    return [*normalized(channels, out, 3, stride), nn.ReLU(), *normalized(out, out, 3, 1)]


def resnet():
    projection = lambda channels, out: Residual(
        *twice(channels, out, 2), shortcut=nn.Sequential(*normalized(channels, out, 1, 2)), after=nn.ReLU()
    )
    model = nn.Sequential(
        *normalized(1, 16, 3, 2),
        nn.ReLU(),
        Residual(*twice(16, 16, 1), after=nn.ReLU()),
        projection(16, 32),
        projection(32, 64),
        training.Pool(),
        nn.Linear(64, 10),
    )
    return training.step(model, F.cross_entropy, torch.rand(32, 1, 28, 28), torch.randint(0, 10, (32,)))


def convolution():
    x, w = torch.randn(32, 16, 28, 28), torch.randn(32, 16, 3, 3)
    return lambda: F.conv2d(x, w, padding=1)


def adjoint(which, channels, groups, side=3):
    """An adjoint of a convolution: which of its results are computed is the output mask."""
    x, w, y = torch.randn(32, groups * channels, 28, 28), torch.randn(32, channels, side, side), torch.randn(32, 32, 28, 28)
    if which is None:
        return lambda: F.conv2d(x, w, padding=side // 2, groups=groups)
    pair, mask = [side // 2] * 2, [which == "x", which == "w", False]
    backward = torch.ops.aten.convolution_backward
    return lambda: backward(y, x, w, None, [1, 1], pair, [1, 1], False, [0, 0], groups, mask)


WORKLOADS = {
    **training.WORKLOADS,
    "gemm float32 512": lambda: product(512, 512, 512),
    "gemm float32 1024": lambda: product(1024, 1024, 1024),
    "gemm float64 512": lambda: product(512, 512, 512, torch.float64),
    "gemm 128x784x128": lambda: product(128, 784, 128),
    "transformer of charlm": transformer,
    "step of resnet": resnet,
    "exp 1e6": lambda: on(torch.exp, 1000, 1000),
    "gelu 1e6": lambda: on(F.gelu, 1000, 1000),
    "softmax 1e6": lambda: on(lambda x: x.softmax(-1), 1000, 1000),
    "tanh 1e6": lambda: on(torch.tanh, 1000, 1000),
    "sigmoid 1e6": lambda: on(torch.sigmoid, 1000, 1000),
    "sin 1e6": lambda: on(torch.sin, 1000, 1000),
    "log 1e6": lambda: on(torch.log, 1000, 1000),
    "pow 1e6": lambda: on(lambda x: x**x, 1000, 1000),
    "add 1e6": lambda: on(lambda x: x + x, 1000, 1000),
    "logSoftmax 1e6": lambda: on(lambda x: x.log_softmax(-1), 1000, 1000),
    "sum of rows 1000x1000": lambda: on(lambda x: x.sum(1), 1000, 1000),
    "sum of columns 1000x1000": lambda: on(lambda x: x.sum(0), 1000, 1000),
    "sum 1e6": lambda: on(lambda x: x.sum(), 1000, 1000),
    "softmax along axis 0": lambda: on(lambda x: x.softmax(0), 1000, 1000),
    "conv2d 32x16x28x28": convolution,
    "conv2dInput 32x16x28x28": lambda: adjoint("x", 16, 1),
    "conv2dWeight 32x16x28x28": lambda: adjoint("w", 16, 1),
    "depthwise 32x32x28x28": lambda: adjoint(None, 1, 32),
    "depthwise Input": lambda: adjoint("x", 1, 32),
    "depthwise Weight": lambda: adjoint("w", 1, 32),
    "depthwise 7x7": lambda: adjoint(None, 1, 32, 7),
    "depthwise 7x7 Input": lambda: adjoint("x", 1, 32, 7),
    "depthwise 7x7 Weight": lambda: adjoint("w", 1, 32, 7),
    "add 1e4": lambda: on(lambda x: x + x, 100, 100),
    "exp 1e4": lambda: on(torch.exp, 100, 100),
}

if __name__ == "__main__":
    torch.set_num_threads(int(sys.argv[1]))
    for name in sys.argv[2:] or WORKLOADS:
        print(json.dumps({"workload": name, "ms": training.best(WORKLOADS[name](), 0.3)}), flush=True)
