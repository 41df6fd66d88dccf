"""Parts that the networks share, as in `workloads/parts.ts`."""
import torch
import torch.nn.functional as F

ACTIVATIONS = {
    "relu": torch.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "silu": F.silu,
    "mish": F.mish,
    "gelu": lambda x: F.gelu(x, approximate="tanh"),
    "elu": F.elu,
    "softplus": F.softplus,
}


def dense(params, x, activation):
    for k in range(0, len(params), 2):
        x = F.linear(activation(x) if k > 0 else x, params[k], params[k + 1])
    return x


def layer_norm(x, weight, bias):
    return F.layer_norm(x, x.shape[-1:], weight, bias)


def batch_norm(x, weight, bias):
    return F.batch_norm(x, None, None, weight, bias, training=True)


def distances(a, b):
    return (a * a).sum(1, keepdim=True) - 2 * (a @ b.t()) + (b * b).sum(1)
