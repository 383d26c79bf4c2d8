import { lexicon } from './lexicon.data.ts';

/** What VADER knows of one word; a word may be several of these at once. */
export interface VaderWord {
  /** Mean human rating, -4 to 4; undefined where the word is not in the lexicon. */
  readonly valence: number | undefined;
  /** What it adds to the strength of a rated word after it; undefined for other words. */
  readonly boost: number | undefined;
  readonly negates: boolean;
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

/** Two words that dampen like one; they are looked for before a rated word only. */
export const dampeningPairs: Readonly<Record<string, number>> = {
  'just enough': -boost,
  'kind of': -boost,
  'sort of': -boost,
};

/** Phrases whose rating replaces that of the rated word in them. */
export const phrases: Readonly<Record<string, number>> = {
  'the shit': 3,
  'the bomb': 3,
  'bad ass': 1.5,
  'bus stop': 0,
  'yeah right': -2,
  'kiss of death': -1.5,
  'to die for': 3,
  'beating heart': 3.1,
  'broken heart': -2.9,
};

/** Every word VADER knows, in lower case. */
export const vaderWords: ReadonlyMap<string, VaderWord> = collect();

function collect(): Map<string, VaderWord> {
  const words = new Map<string, VaderWord>();
  const unknown: VaderWord = { valence: undefined, boost: undefined, negates: false };
  const note = (word: string, fact: Partial<VaderWord>): void => {
    words.set(word, { ...(words.get(word) ?? unknown), ...fact });
  };
  for (const line of lexicon.trim().split('\n')) {
    const [valence, ...rated] = line.split('\t');
    for (const word of rated) note(word, { valence: Number(valence) });
  }
  for (const word of amplifiers.split(/\s+/)) note(word, { boost });
  for (const word of dampeners.split(/\s+/)) note(word, { boost: -boost });
  for (const word of negations.split(/\s+/)) note(word, { negates: true });
  return words;
}
