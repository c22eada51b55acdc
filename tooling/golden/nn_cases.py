"""Losses and small networks in PyTorch: values and gradients in f64, written to data/nn/."""

import json

import numpy as np
import torch
import torch.nn.functional as F

from write import DATA, plain

SEED = 20161119


def tensor(array):
    return torch.tensor(array, dtype=torch.float64, requires_grad=True)


def write(name, document):
    folder = DATA / "nn"
    folder.mkdir(exist_ok=True)
    header = {"name": name, "library": "torch", "version": torch.__version__.split("+")[0], "dtype": "f64", "seed": SEED}
    text = json.dumps(plain({"header": header, **document}, 17), separators=(",", ":"), allow_nan=False)
    (folder / f"{name}.json").write_text(text + "\n")


def case(loss, logits, targets, **options):
    """A loss per example, and the mean's gradient by the logits."""
    x = tensor(logits)
    each = loss(x, reduction="none")
    mean = loss(x, reduction="mean")
    total = loss(x, reduction="sum")
    mean.backward()
    return {
        "options": options, "logits": logits, "targets": targets, "each": each.detach().numpy(), "mean": mean.item(), "sum": total.item(),
        "gradient": x.grad.numpy(),
    }


def softmax_cross_entropy(random):
    cases = []
    for scale, smoothing in [(1, 0.0), (1, 0.1), (30, 0.0), (800, 0.0), (0, 0.0)]:
        logits = scale * random.standard_normal((6, 5))
        labels = random.integers(0, 5, 6)
        target = torch.tensor(labels)
        cases.append(case(
            lambda x, reduction: F.cross_entropy(x, target, label_smoothing=smoothing, reduction=reduction),
            logits, labels.tolist(), labelSmoothing=smoothing,
        ))
    write("softmax-cross-entropy", {"cases": cases})


def binary_cross_entropy(random):
    cases = []
    for scale, soft in [(1, False), (1, True), (50, False), (800, False), (0, False), (0, True)]:
        logits = scale * random.standard_normal((4, 3))
        targets = random.uniform(size=(4, 3)) if soft else random.integers(0, 2, (4, 3)).astype(np.float64)
        target = torch.tensor(targets, dtype=torch.float64)
        cases.append(case(lambda x, reduction: F.binary_cross_entropy_with_logits(x, target, reduction=reduction), logits, targets))
    write("binary-cross-entropy", {"cases": cases})


def mean_squared_error(random):
    cases = []
    for shape in [(7,), (4, 3)]:
        predictions, targets = random.standard_normal((2, *shape))
        target = torch.tensor(targets, dtype=torch.float64)
        cases.append(case(lambda x, reduction: F.mse_loss(x, target, reduction=reduction), predictions, targets))
    write("mean-squared-error", {"cases": cases})


def activations(random):
    functions = {
        "linear": lambda x: x, "relu": F.relu, "leaky-relu": F.leaky_relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid,
        "softplus": lambda x: F.softplus(x, threshold=1e9), "silu": F.silu,
    }
    inputs = np.concatenate([[-40.0, -3.0, -0.5, 0.0, 0.5, 3.0, 40.0], random.standard_normal(5)])
    cases = []
    for name, function in functions.items():
        x = tensor(inputs)
        y = function(x)
        (gradient,) = torch.autograd.grad(y.sum(), x)
        cases.append({"activation": name, "inputs": inputs, "outputs": y.detach().numpy(), "gradient": gradient.numpy()})
    write("activations", {"cases": cases})


def mlp(random):
    """Two layers of tanh or relu with softmax cross-entropy: the loss and the gradients of all parameters."""
    cases = []
    for activation, function in [("tanh", torch.tanh), ("relu", F.relu), ("softplus", F.softplus)]:
        layers = [
            {"weight": tensor(random.standard_normal((inputs, outputs))), "bias": tensor(random.standard_normal(outputs))}
            for inputs, outputs in [(4, 6), (6, 5), (5, 3)]
        ]
        inputs = random.standard_normal((8, 4))
        labels = random.integers(0, 3, 8)
        hidden = torch.tensor(inputs)
        for index, layer in enumerate(layers):
            hidden = hidden @ layer["weight"] + layer["bias"]
            if index < len(layers) - 1:
                hidden = function(hidden)
        loss = F.cross_entropy(hidden, torch.tensor(labels))
        loss.backward()
        cases.append({
            "sizes": [4, 6, 5, 3], "activation": activation,
            "layers": [{name: value.detach().numpy() for name, value in layer.items()} for layer in layers],
            "inputs": inputs, "labels": labels.tolist(), "outputs": hidden.detach().numpy(), "loss": loss.item(),
            "gradients": [{name: value.grad.numpy() for name, value in layer.items()} for layer in layers],
        })
    write("mlp", {"cases": cases})


def generate():
    random = np.random.default_rng(SEED)
    for make in (softmax_cross_entropy, binary_cross_entropy, mean_squared_error, activations, mlp):
        make(random)
