"""Networks over images, as in `workloads/image_networks.ts`."""
import torch
import torch.nn.functional as F
from torch_parts import batch_norm


def classify(p, at, y, labels):
    return F.cross_entropy(F.linear(y.mean((2, 3)), p[at], p[at + 1]), labels)


def residual(s, p, data):
    stem = torch.relu(batch_norm(F.conv2d(data[0], p[0], p[1], padding=1), p[2], p[3]))
    first = torch.relu(batch_norm(F.conv2d(stem, p[4], p[5], padding=1), p[6], p[7]))
    y = torch.relu(stem + batch_norm(F.conv2d(first, p[8], p[9], padding=1), p[10], p[11]))
    return classify(p, 12, y, data[1])


def separable(s, p, data):
    expanded = F.relu6(batch_norm(F.conv2d(data[0], p[0], p[1]), p[2], p[3]))
    filtered = F.relu6(batch_norm(F.conv2d(expanded, p[4], p[5], padding=1, groups=s["wide"]), p[6], p[7]))
    y = data[0] + batch_norm(F.conv2d(filtered, p[8], p[9]), p[10], p[11])
    return classify(p, 12, y, data[1])


def lenet(s, p, data):
    y = F.max_pool2d(torch.relu(F.conv2d(data[0], p[0], p[1], padding=2)), 2)
    y = F.max_pool2d(torch.relu(F.conv2d(y, p[2], p[3], padding=2)), 2)
    return F.cross_entropy(F.linear(torch.relu(F.linear(y.flatten(1), p[4], p[5])), p[6], p[7]), data[1])


def u_net(s, p, data):
    top = torch.relu(F.conv2d(data[0], p[0], p[1], padding=1))
    down = torch.relu(F.conv2d(F.max_pool2d(top, 2), p[2], p[3], padding=1))
    up = F.interpolate(torch.relu(F.conv2d(down, p[4], p[5], padding=1)), scale_factor=2, mode="nearest")
    y = torch.relu(F.conv2d(torch.cat([top, up], 1), p[6], p[7], padding=1))
    return F.mse_loss(F.conv2d(y, p[8], p[9]), data[1])


def autoencoder(s, p, data):
    (x,) = data
    code = torch.relu(F.conv2d(x, p[0], p[1], stride=2, padding=1))
    code = torch.relu(F.conv2d(code, p[2], p[3], stride=2, padding=1))
    half = torch.relu(F.conv_transpose2d(code, p[4], p[5], stride=2))
    return F.mse_loss(F.conv_transpose2d(half, p[6], p[7], stride=2), x)


def strided(s, p, data):
    y = torch.relu(batch_norm(F.conv2d(data[0], p[0], p[1], stride=2, padding=1), p[2], p[3]))
    y = torch.relu(batch_norm(F.conv2d(y, p[4], p[5], stride=2, padding=1), p[6], p[7]))
    return classify(p, 8, y, data[1])


def image_rows(s, p, data):
    y = torch.relu(F.linear(data[0], p[0], p[1]))
    return F.cross_entropy(F.linear(y.flatten(1), p[2], p[3]), data[1])


IMAGE_NETWORKS = {
    "residual block": residual,
    "inverted residual block": separable,
    "LeNet": lenet,
    "U-Net": u_net,
    "convolutional autoencoder": autoencoder,
    "strided convolutions with batch norm": strided,
    "dense layers over image rows": image_rows,
}
