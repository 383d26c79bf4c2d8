import {
  countedIn,
  type Drivers,
  type Explanation,
  howLikely,
  type Imitation,
  inFigures,
  type SaidTree,
  signed,
  treeText,
  warningOf,
} from '../explain/index.ts';
import type { OfferWords } from '../world/index.ts';
import { table } from './output.ts';

/** Explanations for the terminal. */

export function explanationPage(explanation: Explanation): string {
  const { sentence, forced, shapley, lime } = explanation;
  // Where there was nothing to choose, no fact moved anything.
  if (forced) return `${sentence}\n`;
  const { background, exact, features } = shapley;
  const sorted = [...features].sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  const most = Math.abs(sorted[0]?.contribution ?? 0) || 1;
  const error = exact
    ? []
    : [
        `Each effect may be off by ${digits(Math.max(...features.map(({ standardError }) => standardError)))} or so (largest standard error), since not every order of facts was tried.`,
      ];
  return [
    sentence,
    '',
    `${howLikely(explanation)} How much each fact speaks for it (+) or against it (-), beside ${background} other shoppers:`,
    '',
    table(
      sorted.map(({ label, value: said, contribution }) => ({
        fact: label,
        'this shopper': said,
        effect: signed(contribution, shapley),
        '': `${contribution < 0 ? '-' : '+'}`.repeat(Math.round((20 * Math.abs(contribution)) / most)),
      })),
    ),
    'All effects together are the difference between this shopper and the average of the others.',
    inFigures(explanation),
    ...error,
    ...(lime
      ? [
          `How well adding up simple effects tells what the policy does with shoppers much like this one: ${Math.round(100 * Math.max(0, lime.fidelity))} % (local surrogate, LIME).`,
        ]
      : []),
    '',
  ].join('\n');
}

export function driversPage({ shoppers, features, actions, overall, measure }: Drivers): string {
  const strongest = (strength: readonly number[], forced: boolean): string => {
    const all = strength.reduce((sum, x) => sum + x, 0);
    if (!(all > 0)) return forced ? 'the rules, which allow nothing else' : 'nothing about the shopper';
    return features
      .map(({ label }, i) => ({ label, share: strength[i]! / all }))
      .sort((a, b) => b.share - a.share)
      .slice(0, 3)
      .map(({ label, share }) => `${label} ${Math.round(100 * share)} %`)
      .join(', ');
  };
  return [
    `Which facts drive which offer: their shares in what moved the policy towards it or away from it (${measure}), over ${shoppers} shoppers.`,
    '',
    table([
      ...actions.map(({ words, shoppers: n, forced, strength }) => ({
        offer: words,
        shoppers: n,
        'driven by': strongest(strength, forced === n),
      })),
      {
        offer: 'all together',
        shoppers,
        'driven by': strongest(
          overall,
          actions.every(({ forced, shoppers: n }) => forced === n),
        ),
      },
    ]),
  ].join('\n');
}

export function treePage(
  { agreement, heldOut, trainedOn, always, stored, reward, leaves, depth }: Imitation,
  said: SaidTree,
  words: OfferWords,
): string {
  const earned = reward
    ? ` On average the rules earn ${digits(reward.tree)} there, the policy ${digits(reward.policy)}.`
    : '';
  const apart = stored
    ? ` The policy file stores ${many(stored.rows)} rows of its log, ${many(stored.different)} of them different: the rules are made from one half and judged by the other.`
    : '';
  const little = warningOf({ agreement, always });
  const of = countedIn(words);
  return `Few rules that come near to the policy: ${leaves} in a tree of depth ${depth}, grown on ${many(trainedOn)} ${of}. On ${many(heldOut)} others they choose as the policy does in ${(100 * agreement).toFixed(1)} % of cases; always ${words.action(always.action)} would agree in ${(100 * always.agreement).toFixed(1)} %.${little && ` ${little}`}${apart}${earned}\n\n${treeText(said)}`;
}

const many = (n: number): string => n.toLocaleString('en');
const digits = (x: number): string => String(Number(x.toPrecision(3)));
