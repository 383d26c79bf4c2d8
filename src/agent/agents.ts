import { TendrilError } from '../core/index.ts';
import { a2c } from './a2c.ts';
import type { AgentDefinition } from './agent.ts';
import { als } from './als.ts';
import { apTrl } from './ap-trl.ts';
import { blendOf } from './blend.ts';
import { bpr } from './bpr.ts';
import { content } from './content.ts';
import { cql } from './cql.ts';
import { ddpg } from './ddpg.ts';
import { decisionTransformer } from './decision-transformer.ts';
import { dqn } from './dqn.ts';
import { dr } from './dr.ts';
import { drr } from './drr.ts';
import { ease } from './ease.ts';
import { factoredOf } from './factored.ts';
import { gru } from './gru.ts';
import { ips } from './ips.ts';
import { itemKnn } from './item-knn.ts';
import { linUcb } from './lin-ucb.ts';
import { lstm } from './lstm.ts';
import { markov } from './markov.ts';
import { offPolicyAc } from './off-policy-ac.ts';
import { popularity } from './popularity.ts';
import { ppo } from './ppo.ts';
import { qLearning } from './q-learning.ts';
import { random } from './random.ts';
import { recentPopularity } from './recent-popularity.ts';
import { reinforce } from './reinforce.ts';
import { related } from './related.ts';
import { sa2c } from './sa2c.ts';
import { sac } from './sac.ts';
import { sqn } from './sqn.ts';
import { thompson } from './thompson.ts';
import { transformer } from './transformer.ts';

/** Every agent there is, from the smallest to the largest. */
export const agents: readonly AgentDefinition[] = [
  random,
  popularity,
  recentPopularity,
  markov,
  itemKnn,
  qLearning,
  apTrl,
  als,
  ease,
  bpr,
  content,
  related,
  gru,
  lstm,
  transformer,
  blendOf([markov, itemKnn, als, bpr, transformer], 'blend'),
  linUcb,
  thompson,
  ips,
  dr,
  cql,
  dqn,
  drr,
  decisionTransformer,
  sqn,
  sa2c,
  offPolicyAc,
  reinforce,
  a2c,
  ppo,
  sac,
  ddpg,
  factoredOf((name) => agentNamed(name)),
] as readonly AgentDefinition[];

/** What to say where an agent of rollouts is to learn from what others did. */
export const actsOnly = (name: string): TendrilError =>
  new TendrilError(
    'bad-setting',
    `agent "${name}" learns only from what it does itself; accepted: --world, or an agent that learns from sequences or transitions`,
  );

/** What to say where an agent of logged decisions is given anything else. */
export const needsLog = (name: string): TendrilError =>
  new TendrilError(
    'bad-setting',
    `agent "${name}" learns only from a log of choices with their propensities; accepted: --log LOG.csv`,
  );

/** An agent by its name, or a blend by its parts' names: `markov+item-knn`. Throws TendrilError `unknown-agent`, naming the ones there are. */
export function agentNamed(name: string): AgentDefinition {
  const found = agents.find((agent) => agent.name === name);
  if (found) return found;
  const parts = name.split('+');
  if (parts.length > 1) {
    const twice = parts.find((part, i) => parts.indexOf(part) !== i);
    const blended = parts.map(agentNamed);
    if (twice === undefined) return blendOf(blended);
    throw new TendrilError('unknown-agent', `"${name}" names ${twice} twice; accepted: parts that differ`);
  }
  throw new TendrilError(
    'unknown-agent',
    `there is no agent "${name}"; there are: ${agents.map((a) => a.name).join(', ')}, and blends such as markov+item-knn`,
  );
}
