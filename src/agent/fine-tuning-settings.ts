import type { SettingTable } from '../core/index.ts';
import { dqnSettings } from './dqn-settings.ts';
import { transformerSettings } from './transformer.ts';

const { width, blocks, heads, inner, places } = transformerSettings;
const { learningRate, batchSize, hidden, embedding, replaySize, learningStarts, updatesPerStep } =
  dqnSettings;
const { targetEvery, epsilon, epsilonMin, epsilonDecay, clipNorm, averaging, double, nStep } = dqnSettings;
const { slate, choiceWeight, shrinkage, choiceShrinkage, itemContent } = dqnSettings;

/** The settings that `sqn` and `sa2c` share: of a small `transformer` or `gru`, of the heads as `dqn` has them, and of both together. */
export const fineTuningSettings = {
  body: {
    type: 'choice',
    default: 'transformer',
    choices: ['transformer', 'gru'],
    doc: 'what reads the history: a transformer, or the gated recurrent unit of the agent gru, of which width and places alone are told',
  },
  width: { ...width, default: 16 },
  blocks: { ...blocks, default: 1 },
  heads,
  inner: { ...inner, default: 32 },
  places,
  bodyLearningRate: {
    type: 'number',
    default: 0.002,
    min: 0,
    max: 1,
    doc: 'step size of Adam for the transformer; 0 leaves it as it was taught',
  },
  learningRate: { ...learningRate, doc: 'step size of Adam for the heads' },
  batchSize,
  nextWeight: {
    type: 'number',
    default: 1,
    min: 0,
    doc: 'weight of the self-supervised loss: what was taken next',
  },
  conservative: {
    type: 'number',
    default: 0,
    min: 0,
    doc: "weight of CQL's penalty on values of what was not done, for learning from logs",
  },
  preTraining: {
    type: 'number',
    default: 0,
    min: 0,
    integer: true,
    doc: 'updates of the self-supervised head alone before the first by rewards; 0 where a taught transformer is given',
  },
  warmUp: {
    type: 'number',
    default: 200,
    min: 0,
    integer: true,
    doc: 'sa2c: updates before what was taken is weighted by its advantage, while the critic learns',
  },
  hidden: { ...hidden, doc: 'units of the layer on the state' },
  embedding: { ...embedding, doc: "units of a head's layer, and numbers in its item rows" },
  replaySize,
  learningStarts,
  updatesPerStep,
  targetEvery,
  epsilon,
  epsilonMin,
  epsilonDecay,
  clipNorm,
  averaging,
  double,
  nStep,
  slate,
  choiceWeight,
  shrinkage,
  choiceShrinkage,
  itemContent,
} as const satisfies SettingTable;
