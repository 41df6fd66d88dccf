"""Networks over sequences, as in `workloads/sequence_networks.ts`."""
import math
import torch
import torch.nn.functional as F
from torch_parts import ACTIVATIONS, dense, layer_norm


def gru_step(p, carry, x):
    (h,) = carry
    ri, zi, ni = F.linear(x, p[0], p[2]).chunk(3, 1)
    rh, zh, nh = F.linear(h, p[1], p[3]).chunk(3, 1)
    r, z = torch.sigmoid(ri + rh), torch.sigmoid(zi + zh)
    n = torch.tanh(ni + r * nh)
    return [n + z * (h - n)]


def lstm_step(p, carry, x):
    h, c = carry
    i, f, g, o = (F.linear(x, p[0], p[2]) + F.linear(h, p[1], p[3])).chunk(4, 1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return [torch.sigmoid(o) * torch.tanh(c), c]


def plain_step(p, carry, x):
    return [torch.tanh(F.linear(x, p[0], p[2]) + F.linear(carry[0], p[1], p[3]))]


def recurrent(step, carries):
    def loss(s, p, data):
        xs, target = data
        carry, outputs = [torch.zeros(xs.shape[1], s["hidden"]) for _ in range(carries)], []
        for x in xs.unbind(0):
            carry = step(p, carry, x)
            outputs.append(carry[0])
        return F.mse_loss(F.linear(torch.stack(outputs), p[4], p[5]), target)

    return loss


def built_in_lstm(s, p, data):
    """What `nn.LSTM` calls."""
    xs, target = data
    start = torch.zeros(1, xs.shape[1], s["hidden"])
    outputs = torch._VF.lstm(xs, (start, start), list(p[:4]), True, 1, 0.0, True, False, False)[0]
    return F.mse_loss(F.linear(outputs, p[4], p[5]), target)


def attend(q, k, v, causal=False):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1), -math.inf)
    return torch.softmax(scores, -1) @ v


def block(p, x, heads, causal):
    batch, time, width = x.shape

    def apart(y):
        return y.view(batch, time, heads, width // heads).transpose(1, 2)

    normed = layer_norm(x, p[0], p[1])
    q, k, v = (apart(F.linear(normed, p[at], p[at + 1])) for at in (2, 4, 6))
    x = x + F.linear(attend(q, k, v, causal).transpose(1, 2).reshape(x.shape), p[8], p[9])
    return x + dense(p[12:], layer_norm(x, p[10], p[11]), ACTIVATIONS["gelu"])


def blocks(s, p, x, causal):
    for k in range(s["layers"]):
        x = block(p[16 * k : 16 * (k + 1)], x, s["heads"], causal)
    return x


def transformer(s, p, data):
    out = blocks(s, p[2:-2], F.embedding(data[0], p[0]) + p[1], True)
    return F.cross_entropy(F.linear(out, p[-2], p[-1]).flatten(0, 1), data[1].flatten())


def vision_transformer(s, p, data):
    images, labels = data
    side, patches = s["side"], s["patches"]
    cut = images.view(-1, 3, patches, side, patches, side).permute(0, 2, 4, 1, 3, 5)
    embedded = F.linear(cut.reshape(len(images), patches**2, -1), p[0], p[1]) + p[2]
    return F.cross_entropy(F.linear(blocks(s, p[3:-2], embedded, False).mean(1), p[-2], p[-1]), labels)


def cross_attention(s, p, data):
    x, y = data
    return F.mse_loss(attend(F.linear(x, p[0], p[1]), F.linear(y, p[2], p[3]), F.linear(y, p[4], p[5])), x)


def temporal(s, p, data):
    (x,) = data
    y = torch.relu(F.conv1d(x, p[0], p[1], padding=1))
    y = torch.relu(F.conv1d(y, p[2], p[3], padding=2, dilation=2))
    return F.mse_loss(F.conv1d(y, p[4], p[5], padding=1), x)


def context(s, p, data):
    parts, none = data[0].unbind(0), torch.zeros_like(data[0][0])
    outputs = []
    for k, x in enumerate(parts):
        before = parts[k - 1] if k > 0 else none
        after = parts[k + 1] if k + 1 < len(parts) else none
        outputs.append(dense(p, torch.cat([before, x, after], 1), torch.relu))
    return F.mse_loss(torch.stack(outputs) * 2, data[1])


def linear_attention(s, p, data):
    (x,) = data
    q, k = torch.sigmoid(F.linear(x, p[0], p[1])), torch.sigmoid(F.linear(x, p[2], p[3]))
    return F.mse_loss(q @ (k.transpose(1, 2) @ F.linear(x, p[4], p[5])) / x.shape[1], x)


SEQUENCE_NETWORKS = {
    "GRU in a loop": recurrent(gru_step, 1),
    "LSTM in a loop": recurrent(lstm_step, 2),
    "LSTM against nn.LSTM": built_in_lstm,
    "plain recurrent network in a loop": recurrent(plain_step, 1),
    "transformer": transformer,
    "vision transformer": vision_transformer,
    "attention between two sequences": cross_attention,
    "temporal convolutions": temporal,
    "bidirectional context by concat": context,
    "linear attention": linear_attention,
}
