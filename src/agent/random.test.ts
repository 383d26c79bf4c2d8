import { agentSuite } from './agent.suite.ts';
import { random } from './random.ts';

agentSuite(random, { learns: 'nothing' });
