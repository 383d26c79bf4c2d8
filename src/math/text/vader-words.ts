import { lexicon } from './lexicon.data.ts';

/** What VADER knows of one word, in lower case; a word may be several of these at once, or only a part of a phrase. */
export interface VaderWord {
  readonly text: string;
  /** Mean human rating, -4 to 4; undefined where the word is not in the lexicon. */
  readonly valence: number | undefined;
  /** What it adds to the strength of a rated word after it; undefined for other words. */
  readonly boost: number | undefined;
  readonly negates: boolean;
  /** The phrases that begin with it. */
  readonly phrases: readonly VaderPhrase[];
}

/** Either has a rating of its own, which replaces that of the rated word in it, or boosts a rated word after it. */
export interface VaderPhrase {
  /** The words after the first. */
  readonly rest: readonly string[];
  readonly valence?: number;
  readonly boost?: number;
}

const boost = 0.293;

const amplifiers = `absolutely amazingly awfully completely considerable considerably decidedly deeply effing enormous
  enormously entirely especially exceptional exceptionally extreme extremely fabulously flipping flippin frackin
  fracking fricking frickin frigging friggin fully fuckin fucking fuggin fugging greatly hella highly hugely incredible
  incredibly intensely major majorly more most particularly purely quite really remarkably so substantially thoroughly
  total totally tremendous tremendously uber unbelievably unusually utter utterly very`;

const dampeners = `almost barely hardly kinda kindof kind-of less little marginal marginally occasional occasionally
  partly scarce scarcely slight slightly somewhat sorta sortof sort-of`;

const negations = `aint arent cannot cant couldnt darent didnt doesnt ain't aren't can't couldn't daren't didn't
  doesn't dont hadnt hasnt havent isnt mightnt mustnt neither don't hadn't hasn't haven't isn't mightn't mustn't neednt
  needn't never none nope nor not nothing nowhere oughtnt shant shouldnt uhuh wasnt werent oughtn't shan't shouldn't
  uh-uh wasn't weren't without wont wouldnt won't wouldn't rarely seldom despite`;

const phrases: Readonly<Record<string, Omit<VaderPhrase, 'rest'>>> = {
  'the shit': { valence: 3 },
  'the bomb': { valence: 3 },
  'bad ass': { valence: 1.5 },
  'bus stop': { valence: 0 },
  'yeah right': { valence: -2 },
  'kiss of death': { valence: -1.5 },
  'to die for': { valence: 3 },
  'beating heart': { valence: 3.1 },
  'broken heart': { valence: -2.9 },
  'just enough': { boost: -boost },
  'kind of': { boost: -boost },
  'sort of': { boost: -boost },
};

/** Words that some rule of sentiment.ts names. */
const named = 'no or nor kind of but least at very never so this without doubt';

/** Every word VADER knows. */
export const vaderWords: ReadonlyMap<string, VaderWord> = collect();

function collect(): Map<string, VaderWord> {
  const words = new Map<string, VaderWord>();
  const note = (text: string, fact: Partial<VaderWord>): void => {
    const known = words.get(text) ?? {
      text,
      valence: undefined,
      boost: undefined,
      negates: false,
      phrases: [],
    };
    words.set(text, { ...known, ...fact });
  };
  for (const line of lexicon.trim().split('\n')) {
    const [valence, ...rated] = line.split('\t');
    for (const word of rated) note(word, { valence: Number(valence) });
  }
  for (const word of amplifiers.split(/\s+/)) note(word, { boost });
  for (const word of dampeners.split(/\s+/)) note(word, { boost: -boost });
  for (const word of negations.split(/\s+/)) note(word, { negates: true });
  for (const word of named.split(' ')) note(word, {});
  for (const [phrase, fact] of Object.entries(phrases)) {
    const [first, ...rest] = phrase.split(' ');
    for (const word of rest) note(word, {});
    note(first!, { phrases: [...(words.get(first!)?.phrases ?? []), { rest, ...fact }] });
  }
  return words;
}
