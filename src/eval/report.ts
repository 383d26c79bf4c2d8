/**
 * What a report shows, as plain data: written as JSON beside the pictures, so that every number in them can be read
 * and compared. Whatever a shop has no data for is missing here, and the report says so instead of drawing it.
 */
export interface Report {
  readonly format: 1;
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly data: {
    readonly name: string;
    readonly shoppers: number;
    readonly items: number;
    readonly interactions: number;
    /** Sentences the reader must know, such as what is simulated. */
    readonly notes: readonly string[];
  };
  readonly winner?: Winner;
  /** One row an agent: figures of the test on real data, judged once. */
  readonly results?: ResultTable;
  /** (1) Over the epochs of training. */
  readonly training?: TrainingCurve;
  /** (2), and (6) where the texts have dates. */
  readonly sentiment?: SentimentFigures;
  /** What simulated shoppers did: clicks, ratings and reviews; its reviews are (6) where the shop has no dated ones. */
  readonly simulatedShop?: SimulatedShop;
  /** (3) */
  readonly convergence?: Convergence;
  /** (4) */
  readonly success?: SuccessRates;
  /** (5) */
  readonly lists?: readonly SampleList[];
  /** Exposure and quality by group. */
  readonly fairness?: ResultTable;
  /** What places of the lists really shown were answered to. */
  readonly places?: PlaceFigures;
  /** Quality when the histories are damaged. */
  readonly robustness?: ResultTable;
  /** Shoppers by segment at the end of the log, in the order in which the rules are asked. */
  readonly segments?: readonly {
    readonly segment: string;
    readonly rule: string;
    readonly shoppers: number;
  }[];
}

/** The agent that serves, and in plain words why. */
export interface Winner {
  readonly agent: string;
  readonly metric: string;
  /** Missing where there was nobody to judge it by. */
  readonly value?: number;
  readonly why: string;
}

export interface ResultTable {
  /** How it was measured, in one sentence. */
  readonly caption: string;
  /** What it says, in plain words. */
  readonly takeaway: string;
  readonly columns: readonly {
    readonly key: string;
    readonly label: string;
    readonly meaning: string;
    readonly better: 'higher' | 'lower' | 'nearer 0';
  }[];
  readonly rows: readonly {
    readonly agent: string;
    readonly values: Readonly<Record<string, number | undefined>>;
  }[];
}

export interface TrainingCurve {
  readonly agent: string;
  readonly simulated: boolean;
  readonly epochs: readonly {
    readonly epoch: number;
    readonly precision: number;
    readonly recall: number;
    readonly reward: number;
  }[];
  readonly k: number;
}

export interface SentimentFigures {
  readonly source: string;
  readonly simulated: boolean;
  readonly positive: number;
  readonly neutral: number;
  readonly negative: number;
  /** Mean compound score by period, oldest first; missing where the texts have no dates. */
  readonly trend?: readonly {
    readonly period: string;
    readonly mean: number;
    readonly low: number;
    readonly high: number;
    readonly texts: number;
  }[];
  /** Mean compound score by stars, where texts have stars. */
  readonly byStars?: readonly { readonly stars: number; readonly mean: number; readonly texts: number }[];
}

export interface Convergence {
  readonly agent: string;
  readonly simulated: boolean;
  /** On a fixed set of states. */
  readonly points: readonly { readonly step: number; readonly meanMaxQ: number; readonly tdError: number }[];
}

export interface SuccessRates {
  readonly caption: string;
  readonly simulated: boolean;
  /** Share of visits with a purchase, with its 95 % interval over seeds; the agent that is compared comes first. */
  readonly rows: readonly {
    readonly agent: string;
    readonly value: number;
    readonly low: number;
    readonly high: number;
    /** The first agent's share minus this one's, paired by seed; missing for the first and where there is one seed. */
    readonly behind?: { readonly mean: number; readonly low: number; readonly high: number };
  }[];
}

/** Counts of places of lists, and of those that chance filled. */
export interface PlaceFigures {
  readonly lists: number;
  readonly rows: readonly {
    /** 1 is the first. */
    readonly place: number;
    readonly shown: number;
    readonly answered: number;
    readonly byChance: number;
    readonly answeredByChance: number;
  }[];
}

/** Events of simulated shoppers, kept apart from everything real. */
export interface SimulatedShop {
  readonly simulated: true;
  readonly caption: string;
  readonly shoppers: number;
  readonly slates: number;
  readonly clicks: number;
  readonly carts: number;
  readonly purchases: number;
  /** Purchases that were rated, and those of them with a text. */
  readonly ratings: number;
  readonly reviews: number;
  readonly meanStars?: number;
  /** Of the reviews of the first year. */
  readonly sentiment?: SentimentFigures;
  /** Share of uniformly random slates clicked at the first place, the second ...: what the place alone does. */
  readonly clickRateBySlot: readonly number[];
}

export interface SampleList {
  readonly shopper: string;
  readonly segment?: string;
  /** Titles, newest first. */
  readonly history: readonly string[];
  readonly items: readonly { readonly title: string; readonly reason: string }[];
}
