"""The numbers of `fill.ts`: inputs by a formula, and fingerprints of results."""
import math
import numpy as np
import torch


def filled(spec, place, dtype):
    size = math.prod(spec["shape"])
    wild = np.sin(np.arange(size, dtype=np.float64) * 12.9898 + place * 78.233 + 1) * 43758.5453
    u, fill = wild - np.floor(wild), spec["fill"]
    if fill["kind"] == "whole":
        return torch.from_numpy(np.floor(u * fill["count"]).astype(np.int64)).reshape(spec["shape"])
    values = fill["offset"] + fill["scale"] * (2 * u - 1)
    return torch.from_numpy(values.astype(dtype)).reshape(spec["shape"])


def fingerprint(tensor):
    values = tensor.detach().to(torch.float64).reshape(-1).numpy()
    weights = np.cos(np.arange(values.size) * 0.7 + 0.3)
    return [float(values.sum()), float((values * weights).sum()), float(np.abs(values).sum())]
