/** How a world of offers is said to people. Declared beside the world's features, so that nobody else guesses their meaning. */
export interface OfferWords {
  /** Every feature by the name of its part. */
  readonly features: Readonly<Record<string, FeatureWords>>;
  /** An action: "15 % off by e-mail". */
  action(action: number): string;
  /** Whether decisions come at several moments of a shopper, so that moments are counted and not shoppers. */
  readonly moments?: boolean;
  /** In a world with masks. */
  readonly rules?: {
    /** Which of them forbids an action for a shopper, "the budget"; undefined where it may be chosen. */
    forbids(
      row: Float32Array,
      action: number,
      options: Readonly<Record<string, unknown>>,
    ): string | undefined;
  };
}

/** A message by what it carries and how it comes: "15 % off by e-mail", "an SMS without an offer". */
export function messageName(offer: string | undefined, channel: 'email' | 'sms' | 'push'): string {
  return offer === undefined
    ? `${withArticle[channel]} without an offer`
    : `${offer} by ${carriers[channel]}`;
}

const carriers = { email: 'e-mail', sms: 'SMS', push: 'push message' } as const;
const withArticle = { email: 'an e-mail', sms: 'an SMS', push: 'a push message' } as const;

export interface FeatureWords {
  /** Names the feature in pictures and trees: "e-mails answered". */
  readonly label: string;
  /** One of its values: "87 %". A feature of several numbers is said as a whole. */
  value(numbers: Float32Array): string;
  /**
   * Completes "this shopper ..." with what the data say, and nothing beyond: "answers e-mail far more than SMS". Features
   * of one topic are said together, so each of them has the same clause.
   */
  clause(shopper: Readonly<Record<string, Float32Array>>): string;
  /** The same of this feature by itself, where its clause tells of others too. */
  alone?(shopper: Readonly<Record<string, Float32Array>>): string;
  /** How the numbers above a threshold and up to it are said, where not by the last value below it. */
  threshold?(upTo: number): readonly [string, string] | undefined;
  /** Features that ask the same are comparable: "Answers more: e-mails or SMS?" */
  readonly topic?: { readonly asks: string; readonly name: string };
  /** A yes or a no, kept as 1 and 0. */
  readonly flag?: boolean;
}

/** Names of the numbers from `first` on, in two ranges: "Sunday", "Monday to Saturday". */
export function ranges(names: readonly string[], first: number): NonNullable<FeatureWords['threshold']> {
  const said = (some: readonly string[]): string =>
    some.length > 2 ? `${some[0]} to ${some.at(-1)}` : some.join(' or ');
  return (upTo) => [said(names.slice(Math.floor(upTo) + 1)), said(names.slice(first, Math.floor(upTo) + 1))];
}

/** A number of days: "1 day", "15 days". */
export const inDays = (days: number): string => counted(days, 'day');
/** A whole number of things, or a threshold between two. */
export const counted = (n: number, thing: string): string => `${plain(n)} ${thing}${n === 1 ? '' : 's'}`;
export const asPercent = (share: number): string => `${Math.round(100 * share)} %`;
export const yesOrNo = (flag: number): string => (flag > 0 ? 'yes' : 'no');
/** Whole, with thousands apart. */
export const inMoney = (money: number): string => Math.round(money).toLocaleString('en');
export const ago = (days: number): string => (days === 0 ? 'today' : `${inDays(days)} ago`);
/** Three digits, with thousands apart. */
export const plain = (n: number): string =>
  Number(Math.abs(n) >= 100 ? n.toFixed(0) : n.toPrecision(3)).toLocaleString('en');
