"""Records steps of Gymnasium's classic control: pip install gymnasium==1.2.3, then python record.py in this folder.

One episode of a scripted policy that comes to an end, then steps from states drawn from all over the space (walls,
limits and ends among them): state, action, next state, reward, terminated, a line each.
"""
import gymnasium, numpy as np

rng = np.random.default_rng(1)
wide = {
    'cart-pole-v1': ([-2.6, -3, -0.25, -3.5], [2.6, 3, 0.25, 3.5]),
    'acrobot-v1': ([-np.pi, -np.pi, -4 * np.pi, -9 * np.pi], [np.pi, np.pi, 4 * np.pi, 9 * np.pi]),
    'mountain-car-v0': ([-1.2, -0.07], [0.6, 0.07]),
}
names = {'cart-pole-v1': 'CartPole-v1', 'acrobot-v1': 'Acrobot-v1', 'mountain-car-v0': 'MountainCar-v0'}
policies = {
    'cart-pole-v1': lambda s: int(rng.integers(2)),
    'acrobot-v1': lambda s: 2 if s[2] < 0 else 0,
    'mountain-car-v0': lambda s: 2 if s[1] >= 0 else 0,
}

for name, (low, high) in wide.items():
    env = gymnasium.make(names[name])
    bare = env.unwrapped
    out = open(name + '.tsv', 'w')
    size = len(low)
    print(*[f's{i}' for i in range(size)], 'action', *[f'n{i}' for i in range(size)], 'reward', 'terminated', sep='\t', file=out)

    def step(action):
        before = [float(x) for x in bare.state]
        _, reward, terminated, _, _ = bare.step(action)
        after = [float(x) for x in bare.state]
        print(*map(repr, before), action, *map(repr, after), reward, int(terminated), sep='\t', file=out)
        return terminated

    env.reset(seed=3)
    for _ in range(env.spec.max_episode_steps):
        if step(policies[name](bare.state)):
            break
    for _ in range(120):
        env.reset()
        state = rng.uniform(low, high)
        bare.state = tuple(state) if name == 'mountain-car-v0' else state
        step(int(rng.integers(env.action_space.n)))
