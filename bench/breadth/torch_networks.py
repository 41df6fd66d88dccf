"""The networks in PyTorch: from the settings, the params and the data to a loss. Names are those of the workloads."""
import torch
import torch.nn.functional as F
from torch_image_networks import IMAGE_NETWORKS
from torch_parts import ACTIVATIONS, batch_norm, dense, distances, layer_norm
from torch_sequence_networks import SEQUENCE_NETWORKS


def classifier(s, params, data):
    return F.cross_entropy(dense(params, data[0], ACTIVATIONS[s["activation"]]), data[1])


def autoencoder(s, params, data):
    return F.mse_loss(dense(params, data[0], torch.relu), data[0])


def huber(s, params, data):
    return F.huber_loss(dense(params, data[0], F.softplus), data[1])


def with_batch_norm(s, p, data):
    y = torch.relu(batch_norm(F.linear(data[0], p[0], p[1]), p[2], p[3]))
    y = torch.relu(batch_norm(F.linear(y, p[4], p[5]), p[6], p[7]))
    return F.cross_entropy(F.linear(y, p[8], p[9]), data[1])


def residual_mlp(s, p, data):
    y = data[0]
    for k in range(0, s["blocks"] * 6, 6):
        y = y + dense(p[k + 2 : k + 6], layer_norm(y, p[k], p[k + 1]), ACTIVATIONS["gelu"])
    return ((y - data[1]) ** 2).mean()


def variational(s, p, data):
    (x,) = data
    hidden = torch.relu(F.linear(x, p[0], p[1]))
    middle, log_variance = F.linear(hidden, p[2], p[3]), F.linear(hidden, p[4], p[5])
    z = middle + torch.exp(0.5 * log_variance) * torch.randn_like(middle)
    rebuilt = F.binary_cross_entropy_with_logits(dense(p[6:], z, torch.relu), x, reduction="sum")
    divergence = 0.5 * (middle**2 + log_variance.exp() - log_variance - 1).sum()
    return (rebuilt + divergence) / len(x)


def with_dropout(s, params, data):
    def activation(y):
        return F.dropout(torch.relu(y), 1 - s["kept"], training=True)

    return F.cross_entropy(dense(params, data[0], activation), data[1])


def gan(s, params, data):
    (real,) = data
    made = torch.tanh(dense(params[:4], torch.randn(len(real), s["noise"]), torch.relu))
    judge, yes, no = params[4:], torch.ones(len(real), 1), torch.zeros(len(real), 1)
    loss = F.binary_cross_entropy_with_logits
    generator = loss(dense([p.detach() for p in judge], made, torch.relu), yes)
    discriminator = loss(dense(judge, real, torch.relu), yes) + loss(dense(judge, made.detach(), torch.relu), no)
    return generator + discriminator


def physics(s, params, data):
    x, force = data[0].detach().requires_grad_(), data[1]
    u = dense(params, x, torch.tanh)
    (slope,) = torch.autograd.grad(u.sum(), x, create_graph=True)
    (curvature,) = torch.autograd.grad(slope.sum(), x, create_graph=True)
    return F.mse_loss(curvature + torch.sin(u), force)


def factorization(s, params, data):
    (u, v), (user, item, rating) = params, data
    return F.mse_loss((F.embedding(user, u) * F.embedding(item, v)).sum(1), rating)


def bag(s, p, data):
    return F.cross_entropy(F.linear(F.embedding(data[0], p[0]).mean(1), p[1], p[2]), data[1])


def gaussians(s, params, data):
    (centers, log_weight, log_scale), (x,) = params, data
    exponent = -0.5 * distances(x, centers) * torch.exp(-2 * log_scale) - x.shape[1] * log_scale
    return -torch.logsumexp(exponent + torch.log_softmax(log_weight, 0), 1).mean()


def gaussian_process(s, params, data):
    (alpha, log_length), (x, y) = params, data
    kernel = torch.exp(-0.5 * distances(x, x) * torch.exp(-2 * log_length))
    return (0.5 * torch.dot(alpha, kernel @ alpha + 0.1 * alpha) - torch.dot(alpha, y)) / len(y)


def zoo(s, params, data):
    z = F.linear(data[0], *params)
    return F.mse_loss(sum(f(z) for f in ACTIVATIONS.values()), data[1])


def contrastive(s, params, data):
    x, y = (dense(params, one, torch.relu) for one in data[:2])
    likeness = F.normalize(x, dim=1) @ F.normalize(y, dim=1).t()
    return F.cross_entropy(5 * likeness, data[2]) - F.cosine_similarity(x, y).mean()


def rbf(s, params, data):
    (centers, log_width, w, b), (x, y) = params, data
    return F.mse_loss(F.linear(torch.exp(-distances(x, centers) * torch.exp(log_width)), w, b), y)


def differential_equation(s, params, data):
    now, target = data
    for _ in range(s["steps"]):
        now = now + dense(params, now, torch.tanh) / s["steps"]
    return F.mse_loss(now, target)


def graph(s, p, data):
    adjacency, x, labels = data
    first = torch.relu(F.linear(adjacency @ x, p[0], p[1]))
    return F.cross_entropy(F.linear(adjacency @ first, p[2], p[3]), labels)


def q_learning(s, params, data):
    x, action, reward = data
    return F.mse_loss(torch.gather(dense(params, x, torch.relu), 1, action), reward)


def polynomials(s, params, data):
    (a, b, c), (x, y) = params, data
    return F.softplus(-(x @ a + (x * x) @ b + (x * x * x) @ c) * y).mean()


CLASSIFIERS = [
    "MLP with ReLU",
    "MLP with tanh",
    "MLP with GELU",
    "MLP with SiLU",
    "MLP with Mish",
    "MLP, SGD",
    "large MLP",
    "deep narrow MLP",
    "softmax regression",
    "MLP, batch 1",
    "tiny network, batch 1",
    "small network, batch 8",
]

NETWORKS = {
    **{name: classifier for name in CLASSIFIERS},
    **IMAGE_NETWORKS,
    **SEQUENCE_NETWORKS,
    "autoencoder": autoencoder,
    "regression by Huber loss": huber,
    "MLP with batch norm": with_batch_norm,
    "residual MLP with layer norm": residual_mlp,
    "variational autoencoder": variational,
    "MLP with dropout": with_dropout,
    "GAN": gan,
    "physics-informed MLP": physics,
    "matrix factorization": factorization,
    "bag of embeddings": bag,
    "mixture of Gaussians": gaussians,
    "Gaussian process by descent": gaussian_process,
    "activation zoo": zoo,
    "contrastive loss": contrastive,
    "RBF network": rbf,
    "neural differential equation": differential_equation,
    "graph convolutions": graph,
    "Q-learning": q_learning,
    "logistic regression of polynomials": polynomials,
}
