import { expect, test } from 'vitest';
import { readSettings, rng, sequencesOf, shopObservation } from '../core/index.ts';
import { agentSuite } from './agent.suite.ts';
import type { AgentDefinition, SequenceAgent } from './agent.ts';
import { als } from './als.ts';
import { alsSolver, gramOf } from './als-solve.ts';

agentSuite(als as AgentDefinition, { learns: 'together', settings: { factors: 2, regularisation: 0.1 } });
