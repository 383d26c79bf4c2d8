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
import type { VaderPhrase } from './vader-words.ts';
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

/** What a text feels like. Never throws. */
export function sentiment(text: string): Sentiment {
  let tokens = vaderTokens(text);
  if (tokens.beyondAscii) {
    const described = describeEmoji(text);
    if (described !== text) tokens = vaderTokens(described);
  }
  const { words } = tokens;
  const values: number[] = [];
  let but = -1;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (but < 0 && word?.text === 'but') but = i;
    const rated = word?.valence !== undefined && word.boost === undefined;
    const kindOf = word?.text === 'kind' && words[i + 1]?.text === 'of';
    values.push(rated && !kindOf ? valueInContext(tokens, i, word.valence) : 0);
  }
  if (but >= 0) weighBut(values, but);
  return total(values, tokens);
}

/** The value of a rated word among its neighbours. */
function valueInContext(tokens: VaderTokens, i: number, valence: number): number {
  const { words, capitals, someCapitals } = tokens;
  const one = words[i - 1]?.text;
  const two = words[i - 2]?.text;
  const three = words[i - 3]?.text;
  let value = valence;
  // "no" before a rated word turns it and has no value of its own.
  if (words[i]?.text === 'no' && words[i + 1]?.valence !== undefined) value = 0;
  if (one === 'no' || two === 'no' || (three === 'no' && (one === 'or' || one === 'nor')))
    value = valence * turn;
  if (someCapitals && capitals[i]) value += value > 0 ? emphasis : -emphasis;

  for (let back = 1; back <= 3 && back <= i; back++) {
    const before = words[i - back];
    if (before?.valence !== undefined) continue;
    if (before?.boost !== undefined) {
      value += strength(before.boost, value, someCapitals && capitals[i - back]!, back);
    }
    const exception = exceptionToNegation(back, one, two, three);
    if (exception !== undefined) value *= exception;
    else if (tokens.negates[i - back]) value *= turn;
    if (back === 3) value = applyPhrases(tokens, i, value);
  }

  if (one === 'least' && two !== 'at' && two !== 'very') value *= turn;
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

/**
 * "never so", "never this" strengthen and "without doubt" does nothing, where "never" and "without" would turn. As in
 * the original, "so" or "this" right before the rated word needs no "never" when the third word back is looked at.
 */
function exceptionToNegation(
  back: number,
  one: string | undefined,
  two: string | undefined,
  three: string | undefined,
): number | undefined {
  const soOrThis = one === 'so' || one === 'this';
  if (back === 2) {
    if (two === 'never' && soOrThis) return 1.25;
    if (two === 'without' && one === 'doubt') return 1;
  }
  if (back === 3) {
    if ((three === 'never' && (two === 'so' || two === 'this')) || soOrThis) return 1.25;
    if (three === 'without' && (two === 'doubt' || one === 'doubt')) return 1;
  }
  return undefined;
}

/** Phrases around a rated word, looked for only behind three other words: the first before it, then one from it on. */
function applyPhrases(tokens: VaderTokens, i: number, value: number): number {
  const rating = (at: number, length: number): number | undefined => phraseAt(tokens, at, length)?.valence;
  let result =
    rating(i - 1, 2) ?? rating(i - 2, 3) ?? rating(i - 2, 2) ?? rating(i - 3, 3) ?? rating(i - 3, 2) ?? value;
  result = rating(i, 2) ?? result;
  result = rating(i, 3) ?? result;
  result += phraseAt(tokens, i - 3, 2)?.boost ?? 0;
  return result + (phraseAt(tokens, i - 2, 2)?.boost ?? 0);
}

/** The phrase of so many words that begins there. */
function phraseAt({ words }: VaderTokens, at: number, length: number): VaderPhrase | undefined {
  const word = words[at];
  if (word === undefined || word.phrases.length === 0) return undefined;
  return word.phrases.find(
    ({ rest }) => rest.length === length - 1 && rest.every((text, i) => words[at + 1 + i]?.text === text),
  );
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
