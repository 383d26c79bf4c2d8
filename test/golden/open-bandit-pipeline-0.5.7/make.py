"""Figures of the Open Bandit Pipeline 0.5.7, the reference of our off-policy estimators.

    pip install obp==0.5.7 scikit-learn
    python make.py [directory of the data sets] > figures.json

Two made-up logs with all their rows, slates, and, where the data sets are given, the figures (no rows) of Open Bandit
"men" in both directions. Expected outcomes come from scikit-learn's ridge regression.
"""
import json
import sys

import numpy as np
from obp.ope import (
    DirectMethod,
    DoublyRobust,
    InverseProbabilityWeighting,
    SelfNormalizedInverseProbabilityWeighting,
    SelfNormalizedSlateRewardInteractionIPS,
    SlateIndependentIPS,
    SlateRewardInteractionIPS,
    SwitchDoublyRobust,
)
from sklearn.linear_model import Ridge


def expected(action, reward, features, actions, penalty):
    """q(row, action): for each action a ridge regression of what the mean leaves, on a constant and the features."""
    spread = features.std(axis=0)
    x = np.c_[np.ones(len(action)), (features - features.mean(axis=0)) / np.where(spread > 0, spread, 1)]
    q = np.empty((len(action), actions))
    for a in range(actions):
        chose = action == a
        ridge = Ridge(alpha=penalty, fit_intercept=False, solver="cholesky")
        ridge.fit(x[chose], reward[chose] - reward.mean())
        q[:, a] = reward.mean() + ridge.predict(x)
    return q


def estimates(action, position, propensity, reward, target, q, threshold):
    """`target` and `q` are rows x actions."""
    given = dict(
        reward=reward,
        action=action,
        pscore=propensity,
        action_dist=target[:, :, None],
        position=np.zeros(len(action), dtype=int),
        estimated_rewards_by_reg_model=q[:, :, None],
    )
    return {
        "ipw": InverseProbabilityWeighting().estimate_policy_value(**given),
        "snipw": SelfNormalizedInverseProbabilityWeighting().estimate_policy_value(**given),
        "dm": DirectMethod().estimate_policy_value(**given),
        "dr": DoublyRobust().estimate_policy_value(**given),
        "switch-dr": SwitchDoublyRobust(lambda_=threshold).estimate_policy_value(**given),
    }


def made_up(seed, n, actions, positions, width, threshold, penalty):
    r = np.random.default_rng(seed)
    features = np.round(r.normal(size=(n, width)) * [3, 1][:width] if width else np.zeros((n, 0)), 3)
    position = r.integers(positions, size=n)
    logging = r.dirichlet(np.ones(actions), size=n).round(4)
    logging = np.clip(logging, 0.02, None)
    logging /= logging.sum(axis=1, keepdims=True)
    action = np.array([r.choice(actions, p=p) for p in logging])
    propensity = logging[np.arange(n), action]
    reward = np.round(r.normal(size=n) + action, 3)
    table = r.dirichlet(np.ones(actions), size=positions)
    target = table[position]
    q = expected(action, reward, features, actions, penalty)
    return {
        "threshold": threshold,
        "penalty": penalty,
        "action": action.tolist(),
        "position": position.tolist(),
        "propensity": propensity.tolist(),
        "reward": reward.tolist(),
        "features": features.tolist(),
        "target": table.tolist(),
        "estimates": estimates(action, position, propensity, reward, target, q, threshold),
    }


def slates(seed, n, slots):
    r = np.random.default_rng(seed)
    logging, target = r.uniform(0.1, 1, (n, slots)), r.uniform(0.1, 1, (n, slots))
    reward = np.round(r.normal(size=(n, slots)) + 1, 3)
    given = dict(
        slate_id=np.repeat(np.arange(n), slots), reward=reward.ravel(), position=np.tile(np.arange(slots), n)
    )
    marginal = dict(
        pscore_item_position=logging.ravel(), evaluation_policy_pscore_item_position=target.ravel()
    )
    cascade = dict(
        pscore_cascade=logging.cumprod(axis=1).ravel(),
        evaluation_policy_pscore_cascade=target.cumprod(axis=1).ravel(),
    )
    return {
        "slots": slots,
        "reward": reward.ravel().tolist(),
        "weight": (target / logging).ravel().tolist(),
        "interactionIndependent": SlateIndependentIPS(len_list=slots).estimate_policy_value(**given, **marginal),
        "rewardInteraction": SlateRewardInteractionIPS(len_list=slots).estimate_policy_value(**given, **cascade),
        "rewardInteractionNormalised": SelfNormalizedSlateRewardInteractionIPS(
            len_list=slots
        ).estimate_policy_value(**given, **cascade),
    }


def open_bandit(directory):
    import pandas as pd

    def read(policy):
        return pd.read_csv(f"{directory}/open-bandit-small/{policy}/men/men.csv.gz", index_col=0)

    listed = pd.read_csv(f"{directory}/open-bandit-small/bts/men/action_distribution.csv")
    bts = np.zeros((3, 34))
    bts[listed.position - 1, listed.item_id] = listed.probability
    figures = {}
    for name, log, table in [("random to bts", read("random"), bts), ("bts to random", read("bts"), np.full((3, 34), 1 / 34))]:
        action, position = log.item_id.to_numpy(), log.position.to_numpy() - 1
        reward, propensity = log.click.to_numpy(float), log.propensity_score.to_numpy()
        q = expected(action, reward, np.zeros((len(log), 0)), 34, 50)
        figures[name] = estimates(action, position, propensity, reward, table[position], q, 10)
    return figures


print(
    json.dumps(
        {
            "made-up": [made_up(1, 60, 4, 2, 0, 2, 5), made_up(2, 80, 3, 1, 2, 3, 4)],
            "slates": slates(3, 30, 3),
            **({"open-bandit": open_bandit(sys.argv[1])} if len(sys.argv) > 1 else {}),
        }
    )
)
