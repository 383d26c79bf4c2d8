"""The states that the episodes of sb3_returns.py's judge begin in, for whoever is to be judged on the same ones.

    python bench/peers/judge_starts.py bench/results/sb3-judge-starts.json

Its judge makes ten worlds a seed, the i-th seeded 1000 + seed + i, of which each plays ten episodes; where an episode begins
depends on the seed of its world and its number alone. One entry a world and seed of it: ten states, in double precision.
"""
import json
import sys

import gymnasium

WORLDS = ["CartPole-v1", "Acrobot-v1", "MountainCar-v0"]
FIRST, LAST, EPISODES = 1001, 1029, 10


def starts(world, seed):
    env = gymnasium.make(world)
    env.reset(seed=seed)
    states = [[float(x) for x in env.unwrapped.state]]
    while len(states) < EPISODES:
        env.reset()
        states.append([float(x) for x in env.unwrapped.state])
    return states


record = {world: {str(seed): starts(world, seed) for seed in range(FIRST, LAST + 1)} for world in WORLDS}
with open(sys.argv[1], "w") as file:
    json.dump(record, file, separators=(",", ":"))
    file.write("\n")
