"""Loss and gradients of a small transformer in PyTorch (float64): python bench/peers/transformer_reference.py > src/agent/transformer-network.fixture.json"""

import json
import math

import torch
import torch.nn.functional as F

torch.manual_seed(1)
torch.set_default_dtype(torch.float64)
ITEMS, KINDS, PLACES, WIDTH, HEADS, INNER, ROWS, LENGTH = 7, 2, 5, 8, 2, 12, 2, 3
items = torch.tensor([[3, 1, 4], [0, 5, 2]])
taken = torch.tensor([[True, True, True], [False, True, True]])
kinds = torch.tensor([[0, 1, 1], [-1, 0, -1]])
targets = torch.tensor([[1, 4, 6], [0, 2, 5]])
weights = torch.tensor([[0.2, 0.2, 0.2], [0.0, 0.2, 0.2]])


def drawn(*shape):
    return (torch.randn(*shape) * 0.5).round(decimals=4).requires_grad_()


def ones(*shape):
    return (1 + torch.randn(*shape) * 0.1).round(decimals=4).requires_grad_()


p = {
    "places": drawn(PLACES, WIDTH),
    "kinds": drawn(KINDS, WIDTH),
    "norm.gain": ones(WIDTH),
    "norm.bias": drawn(WIDTH),
    "0.norm1.gain": ones(WIDTH),
    "0.norm1.bias": drawn(WIDTH),
    "0.query": drawn(WIDTH, WIDTH),
    "0.key": drawn(WIDTH, WIDTH),
    "0.value": drawn(WIDTH, WIDTH),
    "0.out": drawn(WIDTH, WIDTH),
    "0.norm2.gain": ones(WIDTH),
    "0.norm2.bias": drawn(WIDTH),
    "0.w1": drawn(WIDTH, INNER),
    "0.b1": drawn(INNER),
    "0.w2": drawn(INNER, WIDTH),
    "0.b2": drawn(WIDTH),
}
table = drawn(ITEMS, WIDTH)
keep = {
    "keep.in": (torch.rand(ROWS * LENGTH, WIDTH) < 0.5) * 2.0,
    "keep.0.attended": (torch.rand(ROWS * LENGTH, WIDTH) < 0.5) * 2.0,
    "keep.0.inner": (torch.rand(ROWS * LENGTH, INNER) < 0.5) * 2.0,
    "keep.0.out": (torch.rand(ROWS * LENGTH, WIDTH) < 0.5) * 2.0,
}


def dropped(x, name):
    return x * keep[name].view(ROWS, LENGTH, -1)


x = table[items] * math.sqrt(WIDTH) + p["places"][PLACES - LENGTH :]
x = x + torch.where((kinds >= 0)[..., None], p["kinds"][kinds.clamp(min=0)], 0.0)
x = dropped(x, "keep.in")
before = F.layer_norm(x, (WIDTH,), p["0.norm1.gain"], p["0.norm1.bias"])
q, k, v = (
    (before @ p[f"0.{name}"]).view(ROWS, LENGTH, HEADS, WIDTH // HEADS).transpose(1, 2)
    for name in ("query", "key", "value")
)
hidden = torch.triu(torch.ones(LENGTH, LENGTH, dtype=torch.bool), 1)[None, None] | ~taken[:, None, None, :]
scores = q @ k.transpose(-1, -2) / math.sqrt(WIDTH // HEADS)
attention = torch.softmax(scores + hidden * -1e9, -1)
seen = (attention @ v).transpose(1, 2).reshape(ROWS, LENGTH, WIDTH)
x = x + dropped(seen @ p["0.out"], "keep.0.attended")
between = F.layer_norm(x, (WIDTH,), p["0.norm2.gain"], p["0.norm2.bias"])
inner = dropped(F.relu(between @ p["0.w1"] + p["0.b1"]), "keep.0.inner")
x = x + dropped(inner @ p["0.w2"] + p["0.b2"], "keep.0.out")
h = F.layer_norm(x, (WIDTH,), p["norm.gain"], p["norm.bias"])
logits = h @ table.t()
loss = (F.cross_entropy(logits.view(-1, ITEMS), targets.view(-1), reduction="none") * weights.view(-1)).sum()
loss.backward()


def flat(t):
    return [float(f"{value:.9g}") for value in t.detach().flatten().tolist()]


print(
    json.dumps(
        {
            "madeBy": f"bench/peers/transformer_reference.py with PyTorch {torch.__version__} in float64; read by transformer-network.test.ts",
            "shape": {"items": ITEMS, "kinds": KINDS, "places": PLACES, "width": WIDTH, "heads": HEADS, "blocks": 1, "inner": INNER, "negatives": 0},
            "rows": ROWS,
            "length": LENGTH,
            "items": flat(items),
            "taken": flat(taken.double()),
            "kinds": flat(kinds),
            "targets": flat(targets),
            "weights": flat(weights),
            "keep": {name: flat(value) for name, value in keep.items()},
            "loss": float(loss),
            "parameters": {name: {"value": flat(t), "gradient": flat(t.grad)} for name, t in p.items()},
            "table": {"value": flat(table), "gradient": flat(table.grad)},
        },
        indent=None,
    )
)
