"""The single operations in PyTorch: from the settings and the inputs to a tensor, or a list of them.

Names are those of the workloads. What PyTorch would answer with a view is copied, as it is on our side.
"""
import torch
import torch.nn.functional as F
from torch_parts import distances


def scaled_slices(s, x):
    return [x[k : k + 1] * (k + 1) for k in range(s["steps"])]


def product(s, a, b):
    a = a.t() if s["order"].startswith("at") else a
    return a @ (b.t() if s["order"].endswith("bt") else b)


def convolution(s, x, w, b):
    return F.conv2d(x, w, b, s.get("stride", 1), s.get("padding", 0), s.get("dilation", 1), s.get("groups", 1))


def batch_norm(s, x, w, b):
    return F.batch_norm(x, None, None, w, b, training=True)


def random_classes(s):
    return torch.randint(0, s["classes"], s["shape"]).float()


def pad_images(s, x):
    return F.pad(x, [s["width"]] * 4)


def middle(s, x):
    return x[s["top"] : -s["top"], s["left"] : -s["left"]] * 2


def dropout(s, x):
    return F.dropout(x, 1 - s["kept"], training=True)


def max_over_columns(s, x):
    return torch.amax(x, 1)


def kmeans(s, x, c):
    nearest = F.one_hot(torch.argmin(distances(x, c), 1), len(c)).float()
    return (nearest.t() @ x) / nearest.sum(0).clamp(min=1).unsqueeze(1)


def images_pool(f, *args, **options):
    return lambda s, x: f(x, *args, **options)


def unary(f):
    return lambda s, x: f(x)


def binary(f):
    return lambda s, a, b: f(a, b)


OPERATIONS = {
    # Single elements
    "exp": unary(torch.exp),
    "tanh": unary(torch.tanh),
    "sigmoid": unary(torch.sigmoid),
    "gelu": unary(lambda x: F.gelu(x, approximate="tanh")),
    "gelu by erf": unary(F.gelu),
    "erf": unary(torch.erf),
    "log": unary(torch.log),
    "log1p": unary(torch.log1p),
    "sin": unary(torch.sin),
    "rsqrt": unary(torch.rsqrt),
    "power 2.5": unary(lambda x: x**2.5),
    "silu": unary(F.silu),
    "clamp": unary(lambda x: torch.clamp(x, -1, 1)),
    "add": binary(torch.add),
    "divide": binary(torch.div),
    "power of tensors": binary(torch.pow),
    "maximum": binary(torch.maximum),
    "where": binary(lambda a, b: torch.where(a > b, a, b * 0.5)),
    # Broadcasting
    "matrix plus row": binary(torch.add),
    "matrix times row": binary(torch.mul),
    "matrix times column": binary(torch.mul),
    "column minus row": binary(torch.sub),
    "images plus channels": binary(torch.add),
    "images times channels": binary(torch.mul),
    "middle axis": binary(torch.mul),
    "tensor of one element": binary(torch.mul),
    # Moving memory
    "transposed copy": unary(lambda x: x.t().reshape(-1)),
    "channels last": unary(lambda x: x.permute(0, 2, 3, 1).reshape(-1)),
    "heads first": unary(lambda x: x.permute(0, 2, 1, 3).reshape(-1)),
    "every second column": unary(lambda x: x[:, ::2] * 2),
    "every second row": unary(lambda x: x[::2] * 2),
    "reversed rows": unary(lambda x: torch.flip(x, [1]) * 2),
    "reversed columns": unary(lambda x: torch.flip(x, [0]) * 2),
    "tile": lambda s, x: x.repeat(*s["repeats"]),
    "pad a vector": lambda s, x: F.pad(x, s["widths"]),
    "pad images": pad_images,
    "concat of rows": lambda s, *parts: torch.cat(parts, 0),
    "concat of columns": lambda s, *parts: torch.cat(parts, 1),
    "concat of scaled columns": lambda s, *parts: torch.cat([x * (k + 2) for k, x in enumerate(parts)], 1),
    "stack of scaled parts": lambda s, *parts: torch.stack([x * (k + 2) for k, x in enumerate(parts)], -1),
    "stack in front": lambda s, *parts: torch.stack(parts, 0),
    "stack behind": lambda s, *parts: torch.stack(parts, -1),
    "middle of a matrix": middle,
    "many slices": scaled_slices,
    "take rows": binary(lambda x, at: x[at]),
    "take columns": binary(lambda x, at: x[:, at]),
    "embedding of words": binary(lambda x, at: F.embedding(at, x)),
    "take along rows": binary(lambda x, at: torch.gather(x, 1, at)),
    "take along columns": binary(lambda x, at: torch.gather(x, 0, at)),
    "cumsum along rows": unary(lambda x: torch.cumsum(x, 1)),
    "cumsum along columns": unary(lambda x: torch.cumsum(x, 0)),
    "one-hot": lambda s, at: F.one_hot(at, s["classes"]).float(),
    "sum of a sliced part": lambda s, x: x[:, s["from"] :].sum(1),
    # Reductions
    "sum of all": unary(torch.sum),
    "sum of squares over rows": unary(lambda x: (x * x).sum(0)),
    "sum of squares over columns": unary(lambda x: (x * x).sum(1)),
    "sum over rows": unary(lambda x: x.sum(0)),
    "sum over columns": unary(lambda x: x.sum(1)),
    "mean over the middle": unary(lambda x: x.mean(1)),
    "mean of channels": unary(lambda x: x.mean((0, 2, 3))),
    "max of all": unary(torch.max),
    "max over rows": unary(lambda x: torch.amax(x, 0)),
    "max over columns": max_over_columns,
    "min over columns": unary(lambda x: torch.amin(x, 1)),
    "product over rows": unary(lambda x: torch.prod(x, 0)),
    "product over columns": unary(lambda x: torch.prod(x, 1)),
    "argmax over rows": unary(lambda x: torch.argmax(x, 0)),
    "argmax over columns": unary(lambda x: torch.argmax(x, 1)),
    "argmin over columns": unary(lambda x: torch.argmin(x, 1)),
    "variance over columns": unary(lambda x: torch.var(x, 1, unbiased=False)),
    # Rows
    "softmax": unary(lambda x: torch.softmax(x, -1)),
    "softmax over rows": unary(lambda x: torch.softmax(x, 0)),
    "log-softmax": unary(lambda x: torch.log_softmax(x, -1)),
    "log-sum-exp": unary(lambda x: torch.logsumexp(x, 1)),
    "normalized rows": unary(lambda x: F.normalize(x, dim=1, eps=1e-8)),
    "cross-entropy": binary(F.cross_entropy),
    "layer norm": lambda s, x, w, b: F.layer_norm(x, x.shape[-1:], w, b),
    "RMS norm": lambda s, x, w: x * torch.rsqrt((x * x).mean(-1, keepdim=True) + 1e-5) * w,
    "group norm": lambda s, x, w, b: F.group_norm(x, s["groups"], w, b),
    "instance norm": lambda s, x, w, b: F.instance_norm(x, weight=w, bias=b),
    "batch norm of images": batch_norm,
    "batch norm of features": batch_norm,
    # Products
    **{
        name: product
        for name in [
            "product",
            "product, a transposed",
            "product, b transposed",
            "product, both transposed",
            "large product",
            "large product, a transposed",
            "k of 2 to 9",
            "n of 3 to 17",
            "n of 3 to 17, a transposed",
            "n of 24 to 50",
            "m of 2 to 9",
            "m of 2 to 9, b transposed",
            "long k",
            "small product",
        ]
    },
    "dense layer with ReLU": lambda s, x, w, b: torch.relu(F.linear(x, w, b)),
    "batched product": binary(torch.bmm),
    "batched product, b transposed": binary(lambda a, b: torch.bmm(a, b.transpose(1, 2))),
    "batched small products": binary(torch.bmm),
    "matrix times vector": binary(torch.mv),
    "transposed matrix times vector": binary(lambda a, x: torch.mv(a.t(), x)),
    "batch of vectors times matrices": binary(lambda a, x: torch.bmm(a, x.unsqueeze(2)).squeeze(2)),
    "dot of vectors": binary(torch.dot),
    "outer product": binary(torch.outer),
    # Convolutions
    **{
        name: convolution
        for name in [
            "1x1 convolution",
            "3x3 convolution",
            "strided convolution",
            "dilated convolution",
            "depthwise convolution",
            "convolution of few channels",
        ]
    },
    "transposed convolution": lambda s, x, w, b: F.conv_transpose2d(x, w, b, stride=s["stride"]),
    "convolution of sequences": lambda s, x, w, b: F.conv1d(x, w, b, padding=s["padding"]),
    # Pooling
    "max pooling 2x2": images_pool(F.max_pool2d, 2),
    "max pooling 3x3, stride 2": images_pool(F.max_pool2d, 3, 2, 1),
    "average pooling 2x2": images_pool(F.avg_pool2d, 2),
    "average pooling 3x3, stride 1": images_pool(F.avg_pool2d, 3, 1, 1),
    "global average pooling": unary(lambda x: x.mean((2, 3))),
    "global max pooling": unary(lambda x: F.max_pool2d(x, x.shape[2:]).flatten(1)),
    "nearest upsampling": images_pool(F.interpolate, scale_factor=2, mode="nearest"),
    "k-means step": kmeans,
    # Random numbers
    "normal numbers": lambda s: torch.randn(s["shape"]),
    "uniform numbers": lambda s: torch.rand(s["shape"]),
    "random classes": random_classes,
    "dropout": dropout,
}
