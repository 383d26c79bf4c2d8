import { behaviourNames, type Foreseen, type Outcome, type Policy } from '../agent/index.ts';
import { areaUnderCurve, calibrationError, type ReliabilityBin, reliability } from '../measure/index.ts';

/** One prediction of one head: the chances of its codes, and the place of what happened among them. */
interface Said {
  readonly chances: Float64Array;
  readonly happened: number;
}

export type BehaviourCases = Readonly<Record<keyof Foreseen, readonly Said[]>>;

/** What a policy foresees at n moments beside what then happened; moments with an unknown outcome are left out. */
export async function foreseen(
  policy: Policy,
  n: number,
  observationOf: (moment: number) => Float32Array,
  outcomeOf: (moment: number) => Outcome,
): Promise<BehaviourCases> {
  const cases: Record<keyof Foreseen, Said[]> = { nextType: [], nextCategory: [], buys: [], leaves: [] };
  for (let moment = 0; moment < n; moment++) {
    const said = await policy.foresee?.(observationOf(moment));
    const outcome = outcomeOf(moment);
    for (const name of behaviourNames) {
      const head = said?.[name];
      if (!head || outcome[name] < 0) continue;
      const place = head.codes.indexOf(outcome[name]);
      const happened = place < 0 ? head.codes.indexOf(0) : place;
      // What was never seen when the head was taught has no chance to be judged by.
      if (happened >= 0) cases[name].push({ chances: head.chances, happened });
    }
  }
  return cases;
}

/** What figures of behaviour do not say themselves. */
export const behaviourNote =
  'behaviour: of visits known to be over, so of shoppers who came back, or long before the data end';

/** The reliability curve of a head: of yes and no the chance of yes, of several classes that of the likeliest. */
export function curveOf(cases: readonly Said[]): readonly ReliabilityBin[] {
  const { said, happened } = binary(cases);
  return reliability(said, happened);
}

/**
 * Figures of every head by name, `behaviour.buys.auc` and so on: cases; logLoss (nats) and that of the shares of the judged
 * cases themselves, `constant`; ece; and auc, or of several classes accuracy and the share of the most frequent.
 */
export function behaviourFigures(all: BehaviourCases): Readonly<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const name of behaviourNames) {
    const cases = all[name];
    if (cases.length === 0) continue;
    const put = (figure: string, value: number): void => {
      figures[`behaviour.${name}.${figure}`] = value;
    };
    const counts = new Float64Array(cases[0]!.chances.length);
    let loss = 0;
    for (const { chances, happened } of cases) {
      counts[happened]!++;
      loss -= Math.log(Math.max(1e-12, chances[happened]!)) / cases.length;
    }
    const shares = counts.map((count) => count / cases.length);
    put('cases', cases.length);
    put('logLoss', loss);
    put('constant', -shares.reduce((sum, share) => sum + (share > 0 ? share * Math.log(share) : 0), 0));
    put('ece', calibrationError(curveOf(cases)));
    const { said, happened } = binary(cases);
    if (counts.length === 2) {
      put('share', shares[1]!);
      put('auc', areaUnderCurve(said, happened));
    } else {
      put('accuracy', happened.reduce((sum, right) => sum + right, 0) / cases.length);
      put('mostFrequent', Math.max(...shares));
    }
  }
  // An area without both outcomes is no number.
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => Number.isFinite(value)));
}

function binary(cases: readonly Said[]): { said: Float64Array; happened: Uint8Array } {
  const likeliest = ({ chances }: Said): number =>
    chances.length === 2 ? 1 : chances.indexOf(Math.max(...chances));
  return {
    said: Float64Array.from(cases, (one) => one.chances[likeliest(one)]!),
    happened: Uint8Array.from(cases, (one) => (one.happened === likeliest(one) ? 1 : 0)),
  };
}
