"""The benchmark world of bench/control-speed.ts for Python peers; bench/campaign-env.ts is its port.

Observation: 10 numbers in [0, 1]: age, income, past purchases, recency, engagement, e-mail open rate, click rate,
discount affinity, loyalty, cart value. Action: [offer of 4, depth of 5 (0, 5, 10, 20, 30 %), channel of 3 (e-mail, SMS,
push)]. Reward: clip(.5 purchase + .3 click - .1 level / 4, 0, 1). 50 steps, then truncated.

All arithmetic is in double precision; only the observation is cast to single. Chance is a 32-bit linear congruence,
x <- 1664525 x + 1013904223 mod 2^32, u = x / 2^32: reset(seed) begins at the seed and throws 4 draws away; reset() goes on.
Ten draws at a reset, two at a step (click, purchase: also drawn where there was no click).

`python campaign_env.py` prints what test/golden/campaign-env.test.ts expects.
"""
from math import exp

import gymnasium as gym
import numpy as np
from gymnasium import spaces

DEPTHS = (0.0, 0.05, 0.10, 0.20, 0.30)
# By income, past purchases, engagement, discount affinity, loyalty, cart value.
APPEAL = (
    (0.9, 0.1, 0.2, -0.6, 0.1, 0.5),
    (-0.6, 0.2, 0.3, 0.9, 0.0, 0.1),
    (0.1, 0.7, 0.1, 0.0, 0.9, 0.0),
    (-0.1, -0.5, 0.9, 0.2, -0.4, 0.3),
)
CHANNELS = ((0.0, 1.2, 0.0), (0.3, 0.0, 0.5), (-0.2, 0.3, 1.0))  # bias, weight of open rate, weight of 1 - age
TIRES = (0.10, 0.25, 0.15)


def within(x):
    return 0.0 if x < 0.0 else 1.0 if x > 1.0 else x


class CampaignEnv(gym.Env):
    metadata = {"render_modes": []}

    def __init__(self, seed=1):
        self.observation_space = spaces.Box(0.0, 1.0, (10,), np.float32)
        self.action_space = spaces.MultiDiscrete([4, 5, 3])
        self.begin(seed)

    def begin(self, seed):
        self.x = seed % 4294967296
        for _ in range(4):
            self.draw()

    def draw(self):
        self.x = (1664525 * self.x + 1013904223) & 0xFFFFFFFF
        return self.x / 4294967296.0

    def reset(self, *, seed=None, options=None):
        if seed is not None:
            self.begin(seed)
        self.s = [self.draw() for _ in range(10)]
        self.t = 0
        self.fatigue = 0.0
        return np.array(self.s, np.float32), {}

    def step(self, action):
        s = self.s
        offer, level, channel = int(action[0]), int(action[1]), int(action[2])
        d, w, b = DEPTHS[level], APPEAL[offer], CHANNELS[channel]
        fit = w[0] * s[1] + w[1] * s[2] + w[2] * s[4] + w[3] * s[7] + w[4] * s[8] + w[5] * s[9]
        reach = b[0] + b[1] * s[5] + b[2] * (1.0 - s[0])
        zc = -2.2 + 1.4 * fit + 1.2 * reach + 2.0 * d * s[7] + 0.8 * s[6] - 1.5 * self.fatigue
        click = 1 if self.draw() < 1.0 / (1.0 + exp(-zc)) else 0
        zp = -1.6 + 1.1 * fit + 9.0 * d * s[7] + 0.9 * s[9] + 0.6 * s[8] - 0.8 * s[3]
        buy = 1 if (self.draw() < 1.0 / (1.0 + exp(-zp)) and click) else 0
        reward = within(0.5 * buy + 0.3 * click - 0.1 * level / 4.0)
        s[2] = within(s[2] + 0.05 * buy)
        s[3] = 0.0 if buy else within(s[3] + 0.02)
        s[4] = within(0.95 * s[4] + 0.05 * click)
        s[5] = within(0.98 * s[5] + (0.02 * click if channel == 0 else 0.01))
        s[6] = within(0.9 * s[6] + 0.1 * click)
        s[7] = within(s[7] + (0.02 * level / 4.0 if buy else -0.002))
        s[8] = within(s[8] + 0.02 * buy - 0.01 * (level / 4.0) * buy)
        s[9] = within(0.7 * s[9] + 0.1 if buy else s[9] + 0.01)
        self.fatigue = within(0.8 * self.fatigue + TIRES[channel])
        self.t += 1
        return np.array(s, np.float32), reward, False, self.t >= 50, {"click": click, "buy": buy}


if __name__ == "__main__":
    env = CampaignEnv()
    observation, _ = env.reset(seed=7)
    print("observation", [float(x) for x in observation])
    total, clicks, buys = 0.0, 0, 0
    for t in range(2000):
        _, reward, _, over, info = env.step((t % 4, t % 5, t % 3))
        total += reward
        clicks += info["click"]
        buys += info["buy"]
        if t < 5:
            print("step", t, repr(reward), info, repr(env.s[4]), repr(env.fatigue))
        if over:
            env.reset()
    print("sum", repr(total), "clicks", clicks, "buys", buys, "chance", env.x)
