"""One training step of a causal transformer in PyTorch, timed: `python transformer_step.py THREADS NEGATIVES STEPS`, NEGATIVES 0 for
the whole softmax. 128 histories of 50 of 3,500 items, width 64, 2 blocks, 2 heads, 256 ReLU units, tuned as PyTorch allows
on a processor: fused attention, fused Adam. Prints one line of JSON. Called by bench/transformer-step.ts.
"""

import json
import math
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

threads, negatives, steps = (int(arg) for arg in sys.argv[1:4])
torch.set_num_threads(threads)
torch.manual_seed(0)
ITEMS, PLACES, WIDTH, HEADS, INNER, BLOCKS, BATCH = 3500, 50, 64, 2, 256, 2, 128


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.w1, self.w2 = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(b, n, 3, HEADS, d // HEADS).permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(seen.transpose(1, 2).reshape(b, n, d))
        return x + self.w2(F.relu(self.w1(self.norm2(x))))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(ITEMS, WIDTH)
        nn.init.normal_(self.table.weight, 0, 0.02)
        self.places = nn.Parameter(torch.randn(PLACES, WIDTH) * 0.02)
        self.blocks = nn.ModuleList([Block() for _ in range(BLOCKS)])
        self.norm = nn.LayerNorm(WIDTH)

    def forward(self, items):
        x = self.table(items) * math.sqrt(WIDTH) + self.places
        for block in self.blocks:
            x = block(x)
        return self.norm(x)


net = Transformer()
adam = torch.optim.Adam(net.parameters(), 1e-3, fused=True)
items = torch.randint(0, ITEMS, (BATCH, PLACES))
targets = torch.randint(0, ITEMS, (BATCH * PLACES,))
first = torch.zeros(BATCH * PLACES, dtype=torch.long)


def step():
    adam.zero_grad(set_to_none=True)
    h = net(items).view(-1, WIDTH)
    if negatives == 0:
        loss = F.cross_entropy(h @ net.table.weight.t(), targets)
    else:
        own = (h * net.table(targets)).sum(-1, keepdim=True)
        others = h @ net.table(torch.randint(0, ITEMS, (negatives,))).t()
        loss = F.cross_entropy(torch.cat([own, others], 1), first)
    loss.backward()
    adam.step()


for _ in range(4):
    step()
wall, processor = [], []
for _ in range(steps):
    began, used = time.perf_counter(), time.process_time()
    step()
    wall.append(1000 * (time.perf_counter() - began))
    processor.append(1000 * (time.process_time() - used))
print(json.dumps({"torch": torch.__version__, "ms": sorted(wall), "processorMs": sorted(processor)}))
