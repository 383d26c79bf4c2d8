import type { Agent, AgentDefinition, LearnReport } from '../src/agent/index.ts';
import type { RolloutBatch, TransitionBatch } from '../src/core/index.ts';
import type { WorldDefinition } from '../src/world/index.ts';

/** Where the time of a training goes: in the world, in the policy's network, and in lessons. */
export interface TimedParts {
  /** Milliseconds in each while it learned: what is judged after the last lesson does not count. */
  atEnd(): { readonly world: number; readonly forward: number; readonly update: number };
  world(definition: WorldDefinition): WorldDefinition;
  agent(definition: AgentDefinition): AgentDefinition;
}

export function timedParts(): TimedParts {
  const spent = { world: 0, forward: 0, update: 0 };
  let learned = { ...spent };
  const timed =
    <A extends unknown[], T>(part: keyof typeof spent, work: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      const began = performance.now();
      const result = await work(...args);
      spent[part] += performance.now() - began;
      return result;
    };
  return {
    atEnd: () => learned,
    world: (definition) => ({
      ...definition,
      create(n, options) {
        const world = definition.create(n, options);
        return {
          ...world,
          step(actions) {
            const began = performance.now();
            const step = world.step(actions);
            spent.world += performance.now() - began;
            return step;
          },
        };
      },
    }),
    agent: (definition) => ({
      ...definition,
      async create(context, settings) {
        const agent = await definition.create(context, settings);
        const policy = agent.policy();
        const acting = { policy: () => ({ ...policy, evaluate: timed('forward', policy.evaluate) }) };
        const taught = <B, R>(learn: (batch: B) => Promise<R>): ((batch: B) => Promise<R>) => {
          const update = timed('update', learn);
          return async (batch) => {
            const report = await update(batch);
            learned = { ...spent };
            return report;
          };
        };
        if (agent.consumes === 'rollouts')
          return { ...agent, ...acting, learn: taught<RolloutBatch, LearnReport>(agent.learn) } as Agent;
        if (agent.consumes === 'transitions')
          return { ...agent, ...acting, learn: taught<TransitionBatch, LearnReport>(agent.learn) } as Agent;
        return agent;
      },
    }),
  };
}
