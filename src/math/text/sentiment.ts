/**
 * VADER, a rule-based judge of feeling in short English texts (C. J. Hutto & E. Gilbert, "VADER: A Parsimonious
 * Rule-based Model for Sentiment Analysis of Social Media Text", ICWSM 2014), equal in every digit to the authors' own
 * Python.
 *
 * Each word of the lexicon brings a rating; the three words before it amplify, dampen or turn it; capitals, "but",
 * exclamation and question marks add emphasis. The sum s becomes compound = s / sqrt(s^2 + 15).
 *
 *     the plot  was  not      very    good     ,  but ...
 *                    x -.74   +.293   1.9         earlier x .5, later x 1.5
 */
import { describeEmoji } from './describe-emoji.ts';
import { roundHalfEven } from './round-half-even.ts';
import { type VaderTokens, vaderTokens } from './vader-tokens.ts';
import { dampeningPairs, phrases } from './vader-words.ts';
import { weighBut } from './weigh-but.ts';

export interface Sentiment {
  /** Shares of the text that are negative, neutral and positive, three decimals; all 0 where there is no word. */
  readonly neg: number;
  readonly neu: number;
  readonly pos: number;
  /** -1 (most negative) to 1, four decimals. The usual cut-offs: positive from .05, negative to -.05. */
  readonly compound: number;
}

const emphasis = 0.733;
const turn = -0.74;

/** What a text feels like. Never throws; linear in its length. */
export function sentiment(text: string): Sentiment {
  const tokens = vaderTokens(hasBeyondAscii.test(text) ? describeEmoji(text) : text);
  const values = tokens.words.map((word, i) => {
    if (word?.valence === undefined || word.boost !== undefined) return 0;
    if (tokens.lower[i] === 'kind' && tokens.lower[i + 1] === 'of') return 0;
    return valueOf(tokens, i, word.valence);
  });
  const but = tokens.lower.indexOf('but');
  if (but >= 0) weighBut(values, but);
  return total(values, tokens);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
const hasBeyondAscii = /[^\x00-\x7f]/;

/** The value of a rated word among its neighbours. */
function valueOf(tokens: VaderTokens, i: number, valence: number): number {
  const { lower, words, capitals, someCapitals } = tokens;
  const isNo = (back: number): boolean => lower[i - back] === 'no';
  let value = valence;
  // "no" before a rated word turns it and has no value of its own.
  if (lower[i] === 'no' && words[i + 1]?.valence !== undefined) value = 0;
  if (isNo(1) || isNo(2) || (isNo(3) && (lower[i - 1] === 'or' || lower[i - 1] === 'nor'))) {
    value = valence * turn;
  }
  if (someCapitals && capitals[i]) value += value > 0 ? emphasis : -emphasis;

  for (let back = 1; back <= 3 && back <= i; back++) {
    const before = words[i - back];
    if (before?.valence !== undefined) continue;
    if (before?.boost !== undefined) {
      value += strength(before.boost, value, someCapitals && capitals[i - back]!, back);
    }
    value = negate(tokens, i, back, value);
    if (back === 3) value = applyPhrases(lower, i, value);
  }

  if (lower[i - 1] === 'least' && lower[i - 2] !== 'at' && lower[i - 2] !== 'very') value *= turn;
  return value;
}

/** What an amplifier or dampener some words back adds. */
function strength(boost: number, value: number, capital: boolean, back: number): number {
  let added = value < 0 ? -boost : boost;
  if (capital) added += value > 0 ? emphasis : -emphasis;
  if (back === 2) added *= 0.95;
  if (back === 3) added *= 0.9;
  return added;
}

/** The exceptions are the original's: with three words back, a "so" or "this" right before needs no "never". */
function negate(tokens: VaderTokens, i: number, back: number, value: number): number {
  const { lower, words } = tokens;
  const soOrThis = (at: number): boolean => lower[at] === 'so' || lower[at] === 'this';
  if (back === 2) {
    if (lower[i - 2] === 'never' && soOrThis(i - 1)) return value * 1.25;
    if (lower[i - 2] === 'without' && lower[i - 1] === 'doubt') return value;
  }
  if (back === 3) {
    if ((lower[i - 3] === 'never' && soOrThis(i - 2)) || soOrThis(i - 1)) return value * 1.25;
    if (lower[i - 3] === 'without' && (lower[i - 2] === 'doubt' || lower[i - 1] === 'doubt')) return value;
  }
  return words[i - back]?.negates || lower[i - back]!.includes("n't") ? value * turn : value;
}

/** Phrases that replace the value, and pairs such as "kind of" that dampen it. Looked for only behind three words. */
function applyPhrases(lower: readonly string[], i: number, value: number): number {
  const [three, two, one, word] = [lower[i - 3], lower[i - 2], lower[i - 1], lower[i]];
  const found =
    phrases[`${one} ${word}`] ??
    phrases[`${two} ${one} ${word}`] ??
    phrases[`${two} ${one}`] ??
    phrases[`${three} ${two} ${one}`] ??
    phrases[`${three} ${two}`];
  let result = found ?? value;
  if (i + 1 < lower.length) result = phrases[`${word} ${lower[i + 1]}`] ?? result;
  if (i + 2 < lower.length) result = phrases[`${word} ${lower[i + 1]} ${lower[i + 2]}`] ?? result;
  result += dampeningPairs[`${three} ${two}`] ?? 0;
  return result + (dampeningPairs[`${two} ${one}`] ?? 0);
}

function total(values: readonly number[], { exclamations, questions }: VaderTokens): Sentiment {
  if (values.length === 0) return { neg: 0, neu: 0, pos: 0, compound: 0 };
  const loudness =
    Math.min(exclamations, 4) * 0.292 + (questions > 3 ? 0.96 : questions > 1 ? questions * 0.18 : 0);
  let sum = 0;
  let positive = 0;
  let negative = 0;
  let neutral = 0;
  for (const value of values) {
    sum += value;
    // One more, since a neutral word counts as one.
    if (value > 0) positive += value + 1;
    else if (value < 0) negative += value - 1;
    else neutral++;
  }
  if (sum > 0) sum += loudness;
  else if (sum < 0) sum -= loudness;
  if (positive > -negative) positive += loudness;
  else if (positive < -negative) negative -= loudness;
  const all = positive - negative + neutral;
  return {
    neg: roundHalfEven(Math.abs(negative / all), 3),
    neu: roundHalfEven(neutral / all, 3),
    pos: roundHalfEven(positive / all, 3),
    compound: roundHalfEven(Math.max(-1, Math.min(1, sum / Math.sqrt(sum * sum + 15))), 4),
  };
}
