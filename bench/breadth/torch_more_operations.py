"""The operations of `workloads/operations.ts` in PyTorch, like those of `torch_operations.py`."""
import torch
import torch.nn.functional as F
from torch.fft import fft, irfft, rfft


def unary(f):
    return lambda s, x: f(x)


def binary(f):
    return lambda s, a, b: f(a, b)


def both(f):
    return lambda s, x: list(f(x))


def truth(f):
    return lambda s, *xs: f(*xs).float()


def parts(z):
    return [z.real.contiguous(), z.imag.contiguous()]


def regular(x):
    return x + 20 * torch.eye(x.shape[-1])


def positive(x):
    return regular((x + x.transpose(-2, -1)) * 0.5)


def patches(x):
    b, c, h, w = x.shape
    return x.reshape(b, c, h // 16, 16, w // 16, 16).permute(0, 2, 4, 3, 5, 1).reshape(b, -1, 256 * c)


def to_space(x):
    b, c, h, w = x.shape
    return x.reshape(b, 2, 2, c // 4, h, w).permute(0, 3, 4, 1, 5, 2).reshape(b, c // 4, 2 * h, 2 * w)


def to_depth(x):
    b, c, h, w = x.shape
    return x.reshape(b, c, h // 2, 2, w // 2, 2).permute(0, 3, 5, 1, 2, 4).reshape(b, 4 * c, h // 2, w // 2)


def scattered(reduce):
    return lambda s, t, at, values: t.index_reduce(0, at, values, reduce) if reduce else t.index_add(0, at, values)


MORE_OPERATIONS = {
    # Single elements
    "floor": unary(torch.floor),
    "ceil": unary(torch.ceil),
    "round": unary(torch.round),
    "trunc": unary(torch.trunc),
    "tan": unary(torch.tan),
    "asin": unary(torch.asin),
    "acos": unary(torch.acos),
    "atan": unary(torch.atan),
    "sinh": unary(torch.sinh),
    "cosh": unary(torch.cosh),
    "asinh": unary(torch.asinh),
    "acosh": unary(torch.acosh),
    "atanh": unary(torch.atanh),
    "log2": unary(torch.log2),
    "log10": unary(torch.log10),
    "exp2": unary(torch.exp2),
    "erfc": unary(torch.erfc),
    "erfInv": unary(torch.erfinv),
    "logGamma": unary(torch.lgamma),
    "digamma": unary(torch.digamma),
    "nanToNum": unary(torch.nan_to_num),
    "isNaN": truth(torch.isnan),
    "isFinite": truth(torch.isfinite),
    "logicalNot": truth(torch.logical_not),
    "remainder": binary(torch.remainder),
    "atan2": binary(torch.atan2),
    "hypot": binary(torch.hypot),
    "logAddExp": binary(torch.logaddexp),
    "lerp": binary(lambda a, b: torch.lerp(a, b, 0.3)),
    "lessEqual": truth(torch.le),
    "greaterEqual": truth(torch.ge),
    "notEqual": truth(torch.ne),
    "logicalAnd": truth(torch.logical_and),
    "logicalOr": truth(torch.logical_or),
    "logicalXor": truth(torch.logical_xor),
    # Order
    "sort rows": unary(lambda x: x.sort(dim=-1, stable=True).values),
    "sort columns": unary(lambda x: x.sort(dim=0, stable=True).values),
    "sort a line": unary(lambda x: x.sort(dim=-1, stable=True).values),
    "argsort rows": unary(lambda x: x.sort(dim=-1, stable=True).indices),
    "argsort a line": unary(lambda x: x.sort(dim=-1, stable=True).indices),
    "top 5 of rows": both(lambda x: x.topk(5)),
    "top 100 of rows": both(lambda x: x.topk(100)),
    "top 10 of a line": both(lambda x: x.topk(10)),
    "median of rows": unary(lambda x: x.median(1).values),
    "median of all": unary(torch.median),
    "quantiles of rows": unary(lambda x: torch.quantile(x, torch.tensor([0.1, 0.5, 0.9]), dim=1)),
    "searchSorted": binary(lambda x, s: torch.searchsorted(s.sort().values, x).float()),
    "histogram": unary(lambda x: torch.histc(x, 100, -3, 3)),
    "cumprod of rows": unary(lambda x: x.cumprod(1)),
    "cumprod of columns": unary(lambda x: x.cumprod(0)),
    "cummax of rows": unary(lambda x: x.cummax(1).values),
    "cummax of columns": unary(lambda x: x.cummax(0).values),
    "cummin of rows": unary(lambda x: x.cummin(1).values),
    "logCumSumExp of rows": unary(lambda x: x.logcumsumexp(1)),
    "logCumSumExp of columns": unary(lambda x: x.logcumsumexp(0)),
    "any of rows": truth(lambda x: x.any(1)),
    "all of rows": truth(lambda x: x.all(1)),
    # Movement
    "roll": unary(lambda x: x.roll(10, 1)),
    "tril": unary(torch.tril),
    "triu": unary(torch.triu),
    "diag of a vector": unary(torch.diag),
    "repeat of rows": unary(lambda x: x.repeat(4, 1)),
    "rearrange of patches": unary(patches),
    "reduce by max": unary(lambda x: x.reshape(*x.shape[:2], x.shape[2] // 2, 2, x.shape[3] // 2, 2).amax((3, 5))),
    "depthToSpace": unary(to_space),
    "spaceToDepth": unary(to_depth),
    "unfold": unary(lambda x: F.unfold(x, 3, padding=1)),
    "fold": unary(lambda x: F.fold(x, (96, 96), 3, padding=1)),
    "scatter of rows, adding": scattered(None),
    "scatter of rows, the largest": scattered("amax"),
    "gatherND": binary(lambda t, at: t[at[:, 0], at[:, 1]]),
    # Signals
    "fft": binary(lambda a, b: parts(fft(torch.complex(a, b)))),
    "rfft": unary(lambda x: parts(rfft(x))),
    "irfft": binary(lambda a, b: irfft(torch.complex(a, b))),
    "conv3d": binary(lambda x, w: F.conv3d(x, w, padding=1)),
    "convTranspose1d": binary(lambda x, w: F.conv_transpose1d(x, w, stride=2)),
    "convTranspose3d": binary(lambda x, w: F.conv_transpose3d(x, w, stride=2)),
    "maxPool1d": unary(lambda x: F.max_pool1d(x, 3, 2, 1)),
    "avgPool1d": unary(lambda x: F.avg_pool1d(x, 4)),
    "maxPool3d": unary(lambda x: F.max_pool3d(x, 2)),
    "avgPool3d": unary(lambda x: F.avg_pool3d(x, 2)),
    "dilated maxPool2d": unary(lambda x: F.max_pool2d(x, 3, 2, 1, 2)),
    "resize, nearest": unary(lambda x: F.interpolate(x, size=(288, 288), mode="nearest")),
    "resize, linear": unary(lambda x: F.interpolate(x, size=(288, 288), mode="bilinear")),
    "resize, cubic": unary(lambda x: F.interpolate(x, size=(288, 288), mode="bicubic")),
    "gridSample": binary(lambda x, g: F.grid_sample(x, g, align_corners=False)),
    # Linear algebra
    "cholesky of 100 matrices": unary(lambda x: torch.linalg.cholesky(positive(x))),
    "cholesky of a matrix": unary(lambda x: torch.linalg.cholesky(positive(x) + 40 * torch.eye(1000))),
    "solve of 100 matrices": binary(lambda x, b: torch.linalg.solve(regular(x), b)),
    "solve of a matrix": binary(lambda x, b: torch.linalg.solve(regular(x) + 20 * torch.eye(1000), b)),
    "solveTriangular of 100 matrices": binary(lambda x, b: torch.linalg.solve_triangular(regular(x), b, upper=False)),
    "inverse of 100 matrices": unary(lambda x: torch.linalg.inv(regular(x))),
    "determinants of 100 matrices": unary(lambda x: torch.linalg.slogdet(regular(x)).logabsdet),
    "qr of 100 matrices": unary(lambda x: torch.linalg.qr(x).R.abs()),
    "eigh of 100 matrices": unary(lambda x: torch.linalg.eigh(positive(x)).eigenvalues),
    "svd of 100 matrices": unary(lambda x: torch.linalg.svd(x, full_matrices=False).S),
    "leastSquares of 100 matrices": binary(lambda x, b: torch.linalg.lstsq(regular(x), b).solution),
    "matrixPower": unary(lambda x: torch.linalg.matrix_power(x * 0.1, 3)),
    "norms of rows": unary(lambda x: torch.linalg.vector_norm(x, 2, -1)),
    "trace": unary(lambda x: x.diagonal(0, 1, 2).sum(-1)),
}
