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
  | { readonly offer: string; readonly shoppers: number; readonly agreement: number };

export function sayTree(node: TreeNode, words: OfferWords, parts: readonly ObservationPart[]): SaidTree {
  if (!('question' in node))
    return { offer: words.action(node.action), shoppers: node.shoppers, agreement: node.agreement };
  const { question, answers } = questionOf(node.question, words, parts);
  return {
    question,
    branches: [node.no, node.yes].map((side, i) => ({
      answer: answers[i]!,
      node: sayTree(side, words, parts),
    })),
  };
}

/** The question and its two answers: above the threshold, then at most. */
function questionOf(
  { feature, than, threshold }: Question,
  { features }: OfferWords,
  parts: readonly ObservationPart[],
): { readonly question: string; readonly answers: readonly [string, string] } {
  const words = features[feature];
  const label = words?.label ?? feature;
  const said = (value: number): string => words?.value(Float32Array.of(value)) ?? String(value);
  if (than !== undefined) {
    const other = features[than]?.label ?? than;
    return { question: `Which is larger, ${label} or ${other}?`, answers: [label, other] };
  }
  const { kind, n } = parts.find(({ name }) => name === feature)!;
  if (kind === 'index' && n === 1) return { question: `${capital(label)}?`, answers: ['yes', 'no'] };
  const whole = kind === 'index' ? Math.floor(threshold) : threshold;
  return { question: `${capital(label)}?`, answers: [`more than ${said(whole)}`, `at most ${said(whole)}`] };
}

/** The tree with two more spaces for each level. */
export function treeText(node: SaidTree, indent = ''): string {
  if ('offer' in node)
    return `${indent}-> ${node.offer}  (${node.shoppers.toLocaleString('en')} shoppers, the policy agrees in ${Math.round(100 * node.agreement)} %)\n`;
  return node.branches
    .map(
      ({ answer, node: below }) => `${indent}${node.question} ${answer}\n${treeText(below, `${indent}  `)}`,
    )
    .join('');
}
