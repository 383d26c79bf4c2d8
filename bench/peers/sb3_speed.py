"""Stable-Baselines3's PPO and DQN, timed: `python sb3_speed.py cart-pole|dqn|campaign SEED THREADS [STEPS]`. Prints
one line of JSON.

cart-pole: CartPole-v1, 100,000 steps, hyper-parameters of RL Baselines3 Zoo. dqn: the same world, 50,000 steps. campaign: campaign_env.py, 200,000 steps, the
defaults of Stable-Baselines3 with 2,048 transitions an update. Called by bench/control-speed.ts.
"""
import json
import sys
import time

import numpy as np
import torch
from stable_baselines3 import DQN, PPO
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import DummyVecEnv

from campaign_env import CampaignEnv

WORLDS = 8


def falling(value):
    return lambda left: left * value


def cart_pole(seed):
    settings = dict(
        n_steps=32,
        batch_size=256,
        gae_lambda=0.8,
        gamma=0.98,
        n_epochs=20,
        ent_coef=0.0,
        learning_rate=falling(1e-3),
        clip_range=falling(0.2),
    )
    worlds = make_vec_env("CartPole-v1", n_envs=WORLDS, seed=seed)
    return PPO, worlds, make_vec_env("CartPole-v1", n_envs=1, seed=1000 + seed), settings, 100_000


def dqn(seed):
    settings = dict(
        learning_rate=2.3e-3,
        batch_size=64,
        buffer_size=100_000,
        learning_starts=1000,
        gamma=0.99,
        target_update_interval=10,
        train_freq=256,
        gradient_steps=128,
        exploration_fraction=0.16,
        exploration_final_eps=0.04,
        policy_kwargs=dict(net_arch=[256, 256]),
    )
    worlds = make_vec_env("CartPole-v1", n_envs=1, seed=seed)
    return DQN, worlds, make_vec_env("CartPole-v1", n_envs=1, seed=1000 + seed), settings, 50_000


def campaign(seed):
    worlds = DummyVecEnv([lambda i=i: Monitor(CampaignEnv(1000 * seed + i)) for i in range(WORLDS)])
    judged = DummyVecEnv([lambda: Monitor(CampaignEnv(12345))])
    return PPO, worlds, judged, dict(n_steps=2048 // WORLDS, batch_size=64), 200_000


def main():
    run, seed, threads, *fewer = sys.argv[1], *map(int, sys.argv[2:])
    torch.set_num_threads(threads)
    algorithm, worlds, judged, settings, steps = {"cart-pole": cart_pole, "dqn": dqn, "campaign": campaign}[run](seed)
    model = algorithm("MlpPolicy", worlds, seed=seed, device="cpu", **settings)

    spent = {"rollout": 0.0, "update": 0.0}

    def timed(part, work):
        def call(*args, **kwargs):
            began = time.perf_counter()
            result = work(*args, **kwargs)
            spent[part] += time.perf_counter() - began
            return result

        return call

    model.collect_rollouts = timed("rollout", model.collect_rollouts)
    model.train = timed("update", model.train)
    began, processor = time.perf_counter(), time.process_time()
    model.learn(fewer[0] if fewer else steps)
    seconds, processor = time.perf_counter() - began, time.process_time() - processor
    returns, _ = evaluate_policy(model, judged, n_eval_episodes=100, deterministic=True, return_episode_rewards=True)
    done = model.num_timesteps
    print(
        json.dumps(
            {
                "steps": done,
                "seconds": seconds,
                "processorSeconds": processor,
                "meanReturn": float(np.mean(returns)),
                "parts": {part: 1e6 * time_spent / done for part, time_spent in spent.items()},
            }
        )
    )


main()
