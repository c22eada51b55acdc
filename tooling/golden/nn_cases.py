"""Losses, layers, recurrent cells and small networks in PyTorch: values and gradients in f64, written to data/nn/."""

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


def numbers(tree):
    return {name: value.detach().numpy() for name, value in tree.items()}


def gradients(tree):
    return {name: value.grad.numpy() for name, value in tree.items()}


def dense_layer(random, inputs, outputs):
    return {"weight": tensor(random.standard_normal((inputs, outputs)) / np.sqrt(inputs)), "bias": tensor(random.standard_normal(outputs))}


def linear(layer, x):
    return F.linear(x, layer["weight"].T, layer["bias"])


def maxout(random):
    cases = []
    for pieces in (2, 3):
        layer = dense_layer(random, 4, 5 * pieces)
        inputs, weights = tensor(random.standard_normal((6, 4))), random.standard_normal((6, 5))
        outputs = linear(layer, inputs).view(6, 5, pieces).max(dim=2).values
        (outputs * torch.tensor(weights)).sum().backward()
        cases.append({
            "pieces": pieces, "params": numbers(layer), "inputs": inputs.detach().numpy(), "weights": weights,
            "outputs": outputs.detach().numpy(), "gradients": gradients(layer), "inputGradient": inputs.grad.numpy(),
        })
    write("maxout", {"cases": cases})


def recurrent(random):
    """nn.RNN and nn.LSTM over sequences [batch, time, features]; their two biases are one here: the sum, with the gradient of each."""
    cases = []
    for cell, gates, make in [
        ("tanh", 1, lambda: torch.nn.RNN(3, 4, nonlinearity="tanh", batch_first=True)),
        ("relu", 1, lambda: torch.nn.RNN(3, 4, nonlinearity="relu", batch_first=True)),
        ("lstm", 4, lambda: torch.nn.LSTM(3, 4, batch_first=True)),
    ]:
        network = make().to(torch.float64)
        drawn = {
            "inputWeight": random.standard_normal((3, 4 * gates)) / np.sqrt(3), "recurrentWeight": random.standard_normal((4, 4 * gates)) / 2,
            "bias": random.standard_normal(4 * gates),
        }
        with torch.no_grad():
            network.weight_ih_l0.copy_(torch.tensor(drawn["inputWeight"].T))
            network.weight_hh_l0.copy_(torch.tensor(drawn["recurrentWeight"].T))
            network.bias_ih_l0.copy_(torch.tensor(drawn["bias"] / 4))
            network.bias_hh_l0.copy_(torch.tensor(3 * drawn["bias"] / 4))
        inputs = tensor(random.standard_normal((2, 6, 3)))
        initial = {name: tensor(random.standard_normal((2, 4))) for name in (("hidden", "memory") if cell == "lstm" else ("hidden",))}
        given = tuple(value.unsqueeze(0) for value in initial.values())
        outputs, last = network(inputs, given if cell == "lstm" else given[0])
        weights = random.standard_normal((2, 6, 4))
        final = dict(zip(initial, last if cell == "lstm" else (last,)))
        loss = (outputs * torch.tensor(weights)).sum() + sum((value**2).sum() for value in final.values())
        loss.backward()
        cases.append({
            "cell": cell, "params": drawn, "inputs": inputs.detach().numpy(), "initial": numbers(initial), "weights": weights,
            "outputs": outputs.detach().numpy(), "final": {name: value[0].detach().numpy() for name, value in final.items()}, "loss": loss.item(),
            "gradients": {
                "inputWeight": network.weight_ih_l0.grad.numpy().T, "recurrentWeight": network.weight_hh_l0.grad.numpy().T,
                "bias": network.bias_ih_l0.grad.numpy(),
            },
            "inputGradient": inputs.grad.numpy(), "initialGradient": gradients(initial),
        })
    write("recurrent", {"cases": cases})


def skip_connections(random):
    """Three residual blocks, three highway layers: y = x + s F(x), and y = T F(x) + (1 - T) x."""
    cases = []
    for kind in ("residual", "highway"):
        blocks, gates = [[dense_layer(random, 4, 4) for _ in range(3)] for _ in range(2)]
        inputs, weights = tensor(random.standard_normal((5, 4))), random.standard_normal((5, 4))
        hidden = inputs
        for block, gate in zip(blocks, gates):
            transformed = torch.tanh(linear(block, hidden))
            if kind == "residual":
                hidden = hidden + 0.5 * transformed
            else:
                opened = torch.sigmoid(linear(gate, hidden))
                hidden = opened * transformed + (1 - opened) * hidden
        (hidden * torch.tensor(weights)).sum().backward()
        used = [blocks] if kind == "residual" else [blocks, gates]
        cases.append({
            "kind": kind, "blocks": [numbers(layer) for layer in blocks], "gates": [numbers(layer) for layer in gates],
            "inputs": inputs.detach().numpy(), "weights": weights, "outputs": hidden.detach().numpy(), "inputGradient": inputs.grad.numpy(),
            "gradients": [[gradients(layer) for layer in layers] for layers in used],
        })
    write("skip-connections", {"cases": cases})


def auxiliary_heads(random):
    """As GoogLeNet: the loss of the output plus 0.3 times the losses of two heads on hidden layers."""
    trunk = [dense_layer(random, inputs, outputs) for inputs, outputs in [(4, 6), (6, 6), (6, 6), (6, 3)]]
    heads = {"layers[0]": dense_layer(random, 6, 3), "layers[2]": dense_layer(random, 6, 3)}
    inputs, labels = random.standard_normal((7, 4)), random.integers(0, 3, 7)
    hidden, layers = torch.tensor(inputs), []
    for index, layer in enumerate(trunk):
        hidden = linear(layer, hidden)
        if index < len(trunk) - 1:
            hidden = torch.tanh(hidden)
        layers.append(hidden)
    target = torch.tensor(labels)
    auxiliary = [linear(heads["layers[0]"], layers[0]), linear(heads["layers[2]"], layers[2])]
    loss = F.cross_entropy(hidden, target) + 0.3 * F.cross_entropy(auxiliary[0], target) + 0.3 * F.cross_entropy(auxiliary[1], target)
    loss.backward()
    write("auxiliary-heads", {"cases": [{
        "trunk": [numbers(layer) for layer in trunk], "heads": {name: numbers(layer) for name, layer in heads.items()},
        "inputs": inputs, "labels": labels.tolist(), "weight": 0.3, "output": hidden.detach().numpy(),
        "auxiliary": [output.detach().numpy() for output in auxiliary], "loss": loss.item(),
        "trunkGradients": [gradients(layer) for layer in trunk], "headGradients": {name: gradients(layer) for name, layer in heads.items()},
    }]})


def generate():
    random = np.random.default_rng(SEED)
    for make in (softmax_cross_entropy, binary_cross_entropy, mean_squared_error, activations, mlp, maxout, recurrent, skip_connections, auxiliary_heads):
        make(random)
