"""PyTorch's gradients of each example of a batch beside the gradient of all: the rows of bench/vmap.ts that it can have.

    OPENBLAS_NUM_THREADS=1 /usr/bin/python3 bench/torch_vmap.py

Gradients of single examples are outer products, one einsum a layer, from the cotangents of the layers' outputs: what
libraries for private training do. functorch.vmap is measured too where it can be imported.
"""
import time
import torch

torch.set_num_threads(1)
torch.manual_seed(0)
BATCH = 128
network = torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 64), torch.nn.ReLU(),
                              torch.nn.Linear(64, 10))
layers = [layer for layer in network if isinstance(layer, torch.nn.Linear)]
x, labels = torch.randn(BATCH, 784), torch.randint(10, (BATCH,))


def milliseconds(f):
    best = float("inf")
    end = time.process_time() + 2
    while time.process_time() < end:
        start = time.process_time()
        f()
        best = min(best, time.process_time() - start)
    return 1000 * best


def ordinary():
    loss = torch.nn.functional.cross_entropy(network(x), labels)
    return torch.autograd.grad(loss, list(network.parameters()))


def outer_products():
    inputs, outputs, h = [], [], x
    for layer in network:
        if isinstance(layer, torch.nn.Linear):
            inputs.append(h)
            h = layer(h)
            outputs.append(h)
        else:
            h = layer(h)
    loss = torch.nn.functional.cross_entropy(h, labels, reduction="sum")
    cotangents = torch.autograd.grad(loss, outputs)
    return [(torch.einsum("bi,bj->bij", c, a), c) for c, a in zip(cotangents, inputs)]


rows = {"gradient of all": ordinary, "gradients of 128 examples, by einsum, 56 MB": outer_products}
try:
    import functorch
    model, params = functorch.make_functional(network)

    def loss_of(params, x, label):
        return torch.nn.functional.cross_entropy(model(params, x[None]), label[None])
    each = functorch.vmap(functorch.grad(loss_of), in_dims=(None, 0, 0))
    rows["gradients of 128 examples, by functorch.vmap"] = lambda: each(params, x, labels)
except ImportError:
    print("functorch is not installed")
times = {name: milliseconds(f) for name, f in rows.items()}
for name, time_of in times.items():
    print(f"{name:50}{time_of:9.3f} ms{time_of / times['gradient of all']:9.2f} times")
