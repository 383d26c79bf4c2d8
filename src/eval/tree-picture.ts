import { type SaidTree, warningOf } from '../explain/index.ts';
import type { Theme } from './chart-frame.ts';
import { type SvgPage, svgPage, wrapped } from './svg-page.ts';

const column = 235;
const leafHeight = 52;
const leafWidth = 330;

/** Rules from left to right: a question, its two answers, at the right end the offer. */
export function drawTree(
  tree: SaidTree,
  {
    agreement,
    heldOut,
    always,
    of,
  }: {
    readonly agreement: number;
    readonly heldOut: number;
    /** The most frequent action in words, and how often always that would agree. */
    readonly always: { readonly action: number; readonly words: string; readonly agreement: number };
    readonly of: 'shoppers' | 'moments';
  },
  theme: Theme,
): string {
  const width = 20 + depthOf(tree) * column + leafWidth;
  const page = svgPage(width, theme);
  page.text(20, 36, 'Few rules that come near to the policy', { size: 16, bold: true });
  const agree = `On ${heldOut.toLocaleString('en')} ${of} the rules were not made from, they choose as the policy does in ${(100 * agreement).toFixed(1)} % of cases; always ${always.words} would agree in ${(100 * always.agreement).toFixed(1)} %.`;
  const little = warningOf({ agreement, always });
  page.text(20, 58, agree, { color: theme.faint, size: 12 });
  if (little) page.text(20, 76, little, { color: theme.bad, size: 12 });
  const end = drawNode(page, theme, tree, 0, little ? 94 : 76).below;
  return page.finish(end + 16, `Few rules that come near to the policy. ${agree} ${little}`.trim());
}

/** Draws a node from `top` on; answers the height of its middle, and where the next may begin. */
function drawNode(
  page: SvgPage,
  theme: Theme,
  node: SaidTree,
  depth: number,
  top: number,
): { readonly at: number; readonly below: number } {
  const x = 20 + depth * column;
  if ('offer' in node) {
    const at = top + leafHeight / 2;
    page.text(x, at + 1, node.offer, { bold: true });
    const many = `${node.shoppers.toLocaleString('en')} ${node.of}, the policy agrees in ${Math.round(100 * node.agreement)} % of cases`;
    page.text(x, at + 16, many, { color: theme.faint, size: 11 });
    return { at, below: top + leafHeight };
  }
  let below = top;
  const ends = node.branches.map(({ answer, node: child }) => {
    const drawn = drawNode(page, theme, child, depth + 1, below);
    below = drawn.below;
    return { answer, at: drawn.at };
  });
  const at = (ends[0]!.at + ends[1]!.at) / 2;
  const lines = wrapped(node.question, 26);
  lines.forEach((line, i) => {
    page.text(x, at + 4 + 14 * (i - (lines.length - 1) / 2), line, { size: 12 });
  });
  const turn = x + column - 56;
  for (const { answer, at: to } of ends) {
    page.path(`M${turn} ${at}V${to}H${x + column - 6}`, theme.neutral);
    const above = to < at;
    page.text(x + column - 8, to + (above ? -6 : 14), answer, {
      color: theme.second,
      size: 11,
      anchor: 'end',
    });
  }
  return { at, below };
}

const depthOf = (node: SaidTree): number =>
  'offer' in node ? 0 : 1 + Math.max(...node.branches.map((branch) => depthOf(branch.node)));
