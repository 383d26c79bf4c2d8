import type { ObservationPart } from '../../core/index.ts';
import type { OfferWords } from '../../world/index.ts';
import type { Question, TreeNode } from './imitation-tree.ts';
import { capital } from './sentence.ts';

/** A tree as it is said: what is asked, which way the answers lead. */
export type SaidTree =
  | {
      readonly question: string;
      readonly branches: readonly { readonly answer: string; readonly node: SaidTree }[];
    }
  | {
      readonly offer: string;
      readonly shoppers: number;
      /** What is counted. */
      readonly of: Counted;
      readonly agreement: number;
    };

type Counted = 'shoppers' | 'moments';
/** Of each shopper one moment is looked at: where there are several, they are what is counted. */
export const countedIn = ({ moments }: OfferWords): Counted => (moments ? 'moments' : 'shoppers');

export function sayTree(node: TreeNode, words: OfferWords, parts: readonly ObservationPart[]): SaidTree {
  if (!('question' in node))
    return {
      offer: words.action(node.action),
      shoppers: node.shoppers,
      of: countedIn(words),
      agreement: node.agreement,
    };
  const { question, answers } = questionOf(node.question, words, parts);
  return {
    question,
    branches: [node.no, node.yes].map((side, i) => ({
      answer: answers[i]!,
      node: sayTree(side, words, parts),
    })),
  };
}

/** The question and its two answers: above the threshold, then at most, by the last value below it. */
function questionOf(
  { feature, than, upTo }: Question,
  { features }: OfferWords,
  parts: readonly ObservationPart[],
): { readonly question: string; readonly answers: readonly [string, string] } {
  const words = features[feature];
  const label = words?.label ?? feature;
  if (than !== undefined) {
    const [one, other] = [words!.topic!, features[than]!.topic!];
    return { question: `${one.asks}: ${one.name} or ${other.name}?`, answers: [one.name, other.name] };
  }
  const { kind, n } = parts.find(({ name }) => name === feature)!;
  if (words?.flag || (kind === 'index' && n === 1))
    return { question: `${capital(label)}?`, answers: ['yes', 'no'] };
  const answers = words?.threshold?.(upTo);
  if (answers) return { question: `${capital(label)}?`, answers };
  const bound = words?.value(Float32Array.of(upTo)) ?? String(upTo);
  if (/^0(?![.,\d])/.test(bound)) return { question: `${capital(label)}?`, answers: ['some', 'none'] };
  return { question: `${capital(label)}?`, answers: [`more than ${bound}`, `at most ${bound}`] };
}

/** The tree with two more spaces for each level. */
export function treeText(node: SaidTree, indent = ''): string {
  if ('offer' in node)
    return `${indent}-> ${node.offer}  (${node.shoppers.toLocaleString('en')} ${node.of}, the policy agrees in ${Math.round(100 * node.agreement)} % of cases)\n`;
  return node.branches
    .map(
      ({ answer, node: below }) => `${indent}${node.question} ${answer}\n${treeText(below, `${indent}  `)}`,
    )
    .join('');
}
