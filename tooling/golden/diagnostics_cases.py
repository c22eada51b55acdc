"""Curvature, spectra, gradient noise and layer statistics of a small network by PyTorch, powers and eigenvalues of matrices by NumPy, all in f64,
written to data/diagnostics/. Run alone, or through generate.py."""

import numpy as np
import torch

from write import DATA, write

TORCH = torch.__version__.split("+")[0]
SEED = 20180620
SIZES = (3, 4, 4, 2)
EXAMPLES = 12
RATE = 0.05
LEAVES = [f"{name}{layer}" for layer in range(len(SIZES) - 1) for name in ("weight", "bias")]


def forward(parameters, x, marked=None):
    hidden = x
    for layer in range(len(SIZES) - 1):
        hidden = hidden @ parameters[2 * layer] + parameters[2 * layer + 1]
        if layer < len(SIZES) - 2:
            hidden = torch.tanh(hidden)
            if marked is not None:
                hidden.retain_grad()
                marked.append(hidden)
    return hidden


def loss_of(parameters, x, y, marked=None):
    return torch.mean((forward(parameters, x, marked) - y) ** 2)


def flatten(tensors):
    return torch.cat([each.reshape(-1) for each in tensors])


def unflatten(vector, like):
    parts = torch.split(vector, [each.numel() for each in like])
    return [part.reshape(each.shape) for part, each in zip(parts, like)]


def statistics(x):
    x = x.detach().numpy()
    return {"mean": x.mean(), "standardDeviation": x.std(), "minimum": x.min(), "maximum": x.max(), "norm": np.sqrt((x**2).sum())}


def network():
    random = np.random.default_rng(SEED)
    shapes = [shape for layer in range(len(SIZES) - 1) for shape in ((SIZES[layer], SIZES[layer + 1]), (SIZES[layer + 1],))]
    start = [np.round(0.8 * random.standard_normal(shape), 6) for shape in shapes]
    other = [np.round(0.8 * random.standard_normal(shape), 6) for shape in shapes]
    inputs = np.round(random.standard_normal((EXAMPLES, SIZES[0])), 6)
    targets = np.round(random.standard_normal((EXAMPLES, SIZES[-1])), 6)
    x, y = torch.tensor(inputs), torch.tensor(targets)
    parameters = [torch.tensor(each, requires_grad=True) for each in start]

    def flat_loss(vector):
        return loss_of(unflatten(vector, parameters), x, y)

    at = flatten(parameters).detach()
    gradient = torch.func.grad(flat_loss)(at)
    hessian = torch.func.hessian(flat_loss)(at)
    hessian = 0.5 * (hessian + hessian.T)
    measured = flat_loss(at - RATE * gradient) - flat_loss(at)

    per_example = []
    for index in range(EXAMPLES):
        one = torch.func.grad(lambda vector: loss_of(unflatten(vector, parameters), x[index : index + 1], y[index : index + 1]))(at)
        per_example.append(one.numpy())
    per_example = np.stack(per_example)
    variance = np.trace(np.cov(per_example, rowvar=False))
    mean_square = float((per_example.mean(0) ** 2).sum())

    marked = []
    loss = loss_of(parameters, x, y, marked)
    loss.backward()
    layers = [{"activation": statistics(each), "gradient": statistics(each.grad), "saturated": float((each.detach().abs() >= 0.9).double().mean())} for each in marked]

    there = flatten([torch.tensor(each) for each in other])
    positions = np.linspace(-0.5, 1.5, 21)
    line = [float(flat_loss((1 - t) * at + t * there)) for t in positions]

    header = {"name": "network", "library": "torch", "version": TORCH, "dtype": "f64", "seed": SEED,
        "note": "tanh network 3-4-4-2, mean squared error over 12 examples; Hessian by torch.func.hessian, covariance of the examples' gradients by numpy.cov"}
    write("diagnostics/network", {
        "header": header,
        "sizes": list(SIZES),
        "parameters": dict(zip(LEAVES, start)),
        "other": dict(zip(LEAVES, other)),
        "inputs": inputs,
        "targets": targets,
        "curvature": {"loss": loss.item(), "squaredGradientNorm": (gradient @ gradient).item(), "curvature": (gradient @ hessian @ gradient).item(), "learningRate": RATE, "measuredChange": measured.item()},
        "eigenvalues": np.linalg.eigvalsh(hessian.numpy()),
        "trace": torch.trace(hessian).item(),
        "noise": {"variance": variance, "gradientNorm": mean_square**0.5, "standardError": (variance / EXAMPLES) ** 0.5, "noiseScale": variance / (mean_square - variance / EXAMPLES)},
        "layers": layers,
        "line": {"positions": positions, "losses": line},
    })


def recurrent():
    """The gradient of a loss at the last state of h ← tanh(h W + x) by every state before it."""
    random = np.random.default_rng(SEED + 1)
    weight = np.round(0.5 * random.standard_normal((4, 4)), 6)
    inputs = np.round(random.standard_normal((10, 3, 4)), 6)
    w = torch.tensor(weight)
    state = torch.zeros(3, 4, dtype=torch.float64, requires_grad=True)
    states = []
    for step in inputs:
        state = torch.tanh(state @ w + torch.tensor(step))
        state.retain_grad()
        states.append(state)
    (state**2).sum().backward()
    header = {"name": "recurrent", "library": "torch", "version": TORCH, "dtype": "f64", "seed": SEED + 1}
    write("diagnostics/recurrent", {"header": header, "weight": weight, "inputs": inputs, "gradientNorms": [each.grad.norm().item() for each in states]})


def matrices():
    random = np.random.default_rng(SEED + 2)
    turn = np.array([[np.cos(0.7), -np.sin(0.7)], [np.sin(0.7), np.cos(0.7)]])
    blocks = np.zeros((6, 6))
    blocks[:2, :2], blocks[2:4, 2:4], blocks[4, 4], blocks[5, 5] = 1.1 * turn, 0.6 * turn.T, -0.9, 0.3
    change = random.standard_normal((6, 6))
    cases = {
        "gaussian": random.standard_normal((8, 8)) / np.sqrt(8),
        "symmetric": (lambda a: (a + a.T) / 4)(random.standard_normal((6, 6))),
        "complex-pair": change @ blocks @ np.linalg.inv(change),
        "opposite-signs": change @ np.diag([1.2, -1.2, 0.4, 0.3, -0.2, 0.1]) @ np.linalg.inv(change),
        "positive": random.uniform(0, 0.4, (5, 5)),
        "not-normal": np.array([[0.9, 10.0, 0.0], [0.0, 0.8, 10.0], [0.0, 0.0, 0.7]]),
    }
    documents = []
    for name, matrix in cases.items():
        matrix = np.round(matrix, 12)
        values = np.linalg.eigvals(matrix)
        norms = [np.linalg.norm(np.linalg.matrix_power(matrix, t)) / np.sqrt(len(matrix)) for t in range(31)]
        documents.append({"name": name, "matrix": matrix, "radius": np.abs(values).max(), "eigenvalues": [[value.real, abs(value.imag)] for value in values], "norms": norms})
    header = {"name": "matrices", "library": "numpy", "version": np.__version__, "dtype": "f64", "seed": SEED + 2, "note": "norms: the Frobenius norm of the t-th power over the root of n"}
    write("diagnostics/matrices", {"header": header, "cases": documents})


def generate():
    (DATA / "diagnostics").mkdir(exist_ok=True)
    network()
    recurrent()
    matrices()


if __name__ == "__main__":
    generate()
