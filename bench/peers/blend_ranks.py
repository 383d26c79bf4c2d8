"""Ranks of the blend measured outside this repository, user by user, for `node bench/blend.ts ... --peer FOLDER`.

    TENDRIL_PEERS=FOLDER TENDRIL_DATA=DATASETS python bench/peers/blend_ranks.py SET OUT [MINUTES]

The peer (`blend.py` with `s3rec.py` in the folder TENDRIL_PEERS: a small PyTorch transformer with a Markov chain and item-KNN) is not part
of this repository. It runs as it stands, with what its own record says: width 64, two blocks, dropout .5, the whole softmax,
weights picked on 4,000 validation users; it learns for MINUTES (25) of processor time, with 15 it is not done, or until 15 passes bring nothing. Only where it measures is listened in: its last
call ranks the test items, and those ranks go to OUT as {"set", "minutes", "threads", "figures", "targets", "ranks"}, items numbered as they first appear, users in the order of the file.
"""

import json
import os
import runpy
import sys
import time

import numpy as np
import torch

name, out = sys.argv[1:3]
minutes = sys.argv[3] if len(sys.argv) > 3 else "25"
peers = os.environ["TENDRIL_PEERS"]
sys.path.insert(0, peers)
import s3rec  # noqa: E402

measure = s3rec.metrics
last = {}


def listening(score, inputs, targets, n, ks=(10,), bs=1024):
    """What the peer measures, by its own code, with the rank of each user beside it: ties at mid-rank, seen items last."""
    ranks = np.full(len(targets), n, np.float64)

    def scored(a, b):
        scores = np.array(score(a, b), dtype=np.float32)
        for j in range(b - a):
            masked = scores[j].copy()
            masked[inputs[a + j]] = -np.inf
            mine = masked[targets[a + j]]
            if not np.isneginf(mine):
                ranks[a + j] = (masked > mine).sum() + ((masked == mine).sum() - 1) * 0.5
        return scores

    figures = measure(scored, inputs, targets, n, ks, bs)
    last.update(figures=figures, targets=np.asarray(targets).tolist(), ranks=ranks.tolist())
    return figures


s3rec.metrics = listening
threads = int(os.environ.get("THREADS", "1"))
set_threads = torch.set_num_threads
torch.set_num_threads = lambda _asked: set_threads(threads)
time.time = time.process_time  # the peer stops by the clock: on a shared machine it would learn less, so by the processor's here
began = time.process_time()
sys.argv = ["blend.py", name, "64", "2", ".5", "0", minutes]
runpy.run_path(os.path.join(peers, "blend.py"), run_name="__main__")
spent = round((time.process_time() - began) / 60, 1)
with open(out, "w") as file:
    json.dump({"set": name, "minutes": spent, "threads": threads, **last}, file)
print(f"{len(last['ranks'])} ranks in {out}, {spent} minutes of processor time")
