"""What Stable-Baselines3 reaches on the control worlds: trained by rl-zoo.json, then judged on 100 fresh episodes.

One JSON line a run is appended to the record. Runs already there are skipped, and seeds are the outer loop, so that an
interrupted record is balanced and the next start goes on from it.

    python bench/peers/sb3_returns.py bench/results/sb3-returns.jsonl [world] [--keep-best]

With --keep-best DQN on CartPole alone: its EvalCallback looks at it 20 times on the way, 20 episodes each, and the best is judged.

Every policy is judged by its best action (deterministic=True), as the zoo does; `sampledReturn` beside it is what a
policy that has probabilities brings when its actions are drawn. Observations stay normalised by what training saw,
rewards are the world's own.
"""
import json
import os
import sys
import tempfile
import time

import gymnasium
import torch
import stable_baselines3
from stable_baselines3 import A2C, DQN, PPO
from stable_baselines3.common.callbacks import EvalCallback
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.vec_env import VecNormalize

torch.set_num_threads(1)

ALGORITHMS = {"ppo": PPO, "a2c": A2C, "dqn": DQN}
ACTIVATIONS = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}
EPISODES = 100
VERSIONS = {
    "stable-baselines3": stable_baselines3.__version__,
    "gymnasium": gymnasium.__version__,
    "torch": torch.__version__.split("+")[0],
    "python": sys.version.split()[0],
}


def schedule(value):
    """The zoo's word for "falls linearly from this to 0"."""
    if isinstance(value, str) and value.startswith("lin_"):
        start = float(value[4:])
        return lambda left: left * start
    return value


def network(spec, algorithm):
    optimizer = {"eps": spec["eps"]}
    if spec["optimizer"] == "rmsprop":
        optimizer.update(alpha=spec["alpha"], weight_decay=0)
    shape = {"net_arch": spec["net_arch"], "activation_fn": ACTIVATIONS[spec["activation"]]}
    if algorithm != "dqn":
        shape["ortho_init"] = spec["ortho_init"]
    # A2C makes its own RMSprop and refuses a second set of arguments for it.
    return shape if algorithm == "a2c" else {**shape, "optimizer_kwargs": optimizer}


def train(run, seed, keep_best):
    env = make_vec_env(run["world"], n_envs=run["envs"], seed=seed)
    if run["normalised"]:
        env = VecNormalize(env, gamma=run["settings"]["gamma"])
    settings = {name: schedule(value) for name, value in run["settings"].items()}
    if run["algorithm"] == "a2c":
        settings.update(use_rms_prop=True, rms_prop_eps=run["network"]["eps"])
    model = ALGORITHMS[run["algorithm"]](
        "MlpPolicy", env, seed=seed, device="cpu", policy_kwargs=network(run["network"], run["algorithm"]), **settings
    )
    start = time.perf_counter()
    if not keep_best:
        model.learn(run["steps"])
        return model, env, time.perf_counter() - start
    watched = make_vec_env(run["world"], n_envs=10, seed=2000 + seed)
    with tempfile.TemporaryDirectory() as folder:
        model.learn(
            run["steps"],
            callback=EvalCallback(
                watched, n_eval_episodes=20, eval_freq=run["steps"] // 20, best_model_save_path=folder, verbose=0
            ),
        )
        best = ALGORITHMS[run["algorithm"]].load(os.path.join(folder, "best_model"), device="cpu")
    best.num_timesteps = model.num_timesteps
    return best, env, time.perf_counter() - start


def judge(model, env, run, seed, deterministic):
    worlds = make_vec_env(run["world"], n_envs=10, seed=1000 + seed)
    if run["normalised"]:
        worlds = VecNormalize(worlds, training=False, norm_reward=False)
        worlds.obs_rms = env.obs_rms
    mean, _ = evaluate_policy(model, worlds, n_eval_episodes=EPISODES, deterministic=deterministic)
    return float(mean)


def main():
    record = sys.argv[1]
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "rl-zoo.json")) as file:
        runs = [run for run in json.load(file)["runs"] if run["world"] in sys.argv[2:] or not set(sys.argv[2:]) - {"--keep-best"}]
    keep_best = "--keep-best" in sys.argv
    if keep_best:
        runs = [run for run in runs if run["algorithm"] == "dqn" and run["world"] == "CartPole-v1"]
    named = lambda run: run["algorithm"] + (" --keep-best" if keep_best else "")
    key = lambda line: (line["algorithm"], line["world"], line["seed"])
    done = set()
    if os.path.exists(record):
        with open(record) as file:
            done = {key(json.loads(line)) for line in file if line.strip()}
    for seed in range(1, 1 + max(run["seeds"] for run in runs)):
        for run in runs:
            if seed > run["seeds"] or (named(run), run["world"], seed) in done:
                continue
            model, env, seconds = train(run, seed, keep_best)
            line = {
                "algorithm": named(run),
                "world": run["world"],
                "seed": seed,
                "steps": model.num_timesteps,
                "meanReturn": round(judge(model, env, run, seed, True), 2),
            }
            if run["algorithm"] != "dqn":
                line["sampledReturn"] = round(judge(model, env, run, seed, False), 2)
            line.update(episodes=EPISODES, seconds=round(seconds, 1), versions=VERSIONS)
            with open(record, "a") as file:
                file.write(json.dumps(line) + "\n")


main()
