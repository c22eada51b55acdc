"""Distillation losses and their gradients by PyTorch's kl_div in f64, written to data/strategies/."""

import json

import torch
import torch.nn.functional as functional

from write import DATA, plain

SEED = 20161124
BATCH, CLASSES = 5, 4


def loss(student, teacher, labels, temperature, weight):
    softened = functional.kl_div(
        functional.log_softmax(student / temperature, dim=1), functional.log_softmax(teacher / temperature, dim=1), reduction="batchmean", log_target=True
    )
    return weight * temperature**2 * softened + (1 - weight) * functional.cross_entropy(student, labels)


def case(student, teacher, labels, temperature, weight):
    leaf = student.clone().requires_grad_()
    value = loss(leaf, teacher, labels, temperature, weight)
    (gradient,) = torch.autograd.grad(value, leaf)
    return {"options": {"temperature": temperature, "weight": weight}, "loss": value.item(), "gradient": gradient.numpy()}


def generate():
    random = torch.Generator().manual_seed(SEED)
    student = 3 * torch.randn(BATCH, CLASSES, dtype=torch.float64, generator=random)
    teacher = 3 * torch.randn(BATCH, CLASSES, dtype=torch.float64, generator=random)
    # A teacher that is nearly certain: its softened outputs underflow at a low temperature.
    teacher[0] = torch.tensor([400.0, -300.0, 0.0, 20.0])
    labels = torch.randint(CLASSES, (BATCH,), generator=random)
    cases = [case(student, teacher, labels, temperature, weight) for temperature in (0.5, 1.0, 2.0, 20.0) for weight in (0.0, 0.3, 1.0)]
    header = {"name": "distillation", "library": "torch", "version": torch.__version__.split("+")[0], "dtype": "f64", "seed": SEED,
        "note": "w T² kl_div(log_softmax(s / T), log_softmax(t / T), batchmean) + (1 − w) cross_entropy(s, labels); gradients by the student's logits"}
    document = {"header": header, "student": student.numpy(), "teacher": teacher.numpy(), "labels": labels.numpy(), "cases": cases}
    folder = DATA / "strategies"
    folder.mkdir(exist_ok=True)
    text = json.dumps(plain(document, 17), separators=(",", ":"), allow_nan=False)
    assert len(text) < 60_000, len(text)
    (folder / "distillation.json").write_text(text + "\n")
