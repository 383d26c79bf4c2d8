import { TendrilError } from '../../core/index.ts';
import { show } from '../values.ts';
import type { CampaignFormat, CampaignSink } from './campaign-format.ts';

interface Offer {
  readonly name: string;
  /** Hours. */
  readonly lasts: number;
  readonly reward: number;
}
interface Profile {
  readonly gender: string;
  readonly age: number;
  readonly income: number;
  readonly joined: number;
}
/** What happened to one customer, in order of time: received, viewed, completed (of an offer), bought (an amount). */
interface Happening {
  readonly kind: 'received' | 'viewed' | 'completed' | 'bought';
  readonly time: number;
  readonly offer: string;
  readonly amount: number;
}

const kinds: Readonly<Record<string, Happening['kind']>> = {
  'offer received': 'received',
  'offer viewed': 'viewed',
  'offer completed': 'completed',
  transaction: 'bought',
};

/**
 * The Starbucks offers of Udacity, which its publisher calls simulated: in each of six waves a customer got one of ten
 * offers, or none. A row a customer and wave. Viewed within the offer's duration is `visit`, completed within it
 * `conversion`, its reward then `cost`; `spend` counts until the next wave (7 days for the last), alike for all actions.
 *
 * Nobody published how offers were given out. The propensity is the share of the action in its wave, and the log is
 * marked observational.
 */
export const starbucks: CampaignFormat = {
  name: 'starbucks',
  summary: 'Starbucks offers (simulated by their publisher): portfolio, profile and transcript',
  example: 'tendril import starbucks portfolio.json.gz profile.json.gz transcript.json.gz --out offers.csv',
  open(out) {
    const offers = new Map<string, Offer>();
    const profiles = new Map<string, Profile>();
    const lives = new Map<string, Happening[]>();
    return {
      file: (name) => ({
        line(text, number) {
          if (text.trim() === '') return;
          const where = `${name}, line ${number}`;
          const row = objectOf(text, where);
          if ('offer_type' in row) {
            const { id, offer_type: type, difficulty, reward, duration } = row;
            if (typeof id !== 'string' || ![difficulty, reward, duration].every(Number.isFinite))
              throw bad(where, 'id, difficulty, reward and duration of an offer');
            offers.set(id, {
              name: `${type} ${difficulty}/${reward} ${duration}d`,
              lasts: 24 * Number(duration),
              reward: Number(reward),
            });
          } else if ('became_member_on' in row) profiles.set(...profileOf(row, where));
          else if ('event' in row) {
            const value = (row.value ?? {}) as Record<string, unknown>;
            const kind = kinds[String(row.event)];
            const { person, time } = row;
            if (!kind || typeof person !== 'string' || typeof time !== 'number')
              throw bad(where, `person, time (hours) and event (${Object.keys(kinds).join(', ')})`);
            const life = lives.get(person) ?? [];
            lives.set(person, life);
            const offer = String(value['offer id'] ?? value.offer_id ?? '');
            life.push({ kind, time, offer, amount: Number(value.amount ?? 0) });
          } else throw bad(where, 'a line of portfolio, profile or transcript');
        },
        end() {},
      }),
      end() {
        for (const [name, { size }] of Object.entries({
          portfolio: offers,
          profile: profiles,
          transcript: lives,
        }))
          if (size === 0)
            throw new TendrilError(
              'bad-setting',
              `the ${name} is missing; accepted: all three files together`,
            );
        writeRows(out, offers, profiles, lives);
      },
    };
  },
};

function writeRows(
  out: CampaignSink,
  offers: ReadonlyMap<string, Offer>,
  profiles: ReadonlyMap<string, Profile>,
  lives: ReadonlyMap<string, readonly Happening[]>,
): void {
  const given = new Map<string, number>();
  const waves = new Set<number>();
  const strangers: string[] = [];
  for (const [person, life] of lives) {
    if (!profiles.has(person)) strangers.push(person);
    for (const { kind, time, offer } of life)
      if (kind === 'received') {
        if (!offers.has(offer))
          throw new TendrilError('bad-line', `offer ${show(offer)} was received and is not in the portfolio`);
        // Shares are of the customers that are written, so of these alone.
        if (!profiles.has(person)) continue;
        waves.add(time);
        given.set(`${time} ${offer}`, (given.get(`${time} ${offer}`) ?? 0) + 1);
      }
  }
  const begins = [...waves].sort((a, b) => a - b);
  const latest = Math.max(...[...profiles.values()].map(({ joined }) => joined));
  out.header(header);
  for (const [person, profile] of profiles) {
    const life = lives.get(person) ?? [];
    for (const [wave, begin] of begins.entries()) {
      const end = begins[wave + 1] ?? begin + 168;
      const got = life.find(({ kind, time }) => kind === 'received' && time === begin);
      const offer = got && offers.get(got.offer)!;
      const before = life.filter(({ time }) => time < begin);
      const within = (kind: Happening['kind']): boolean =>
        life.some(
          (each) =>
            each.kind === kind &&
            each.offer === got?.offer &&
            each.time >= begin &&
            each.time <= begin + offer!.lasts,
        );
      const bought = (events: readonly Happening[]): number =>
        events.reduce((sum, { amount }) => sum + amount, 0);
      const count = (kind: Happening['kind']): number => before.filter((each) => each.kind === kind).length;
      const all = profiles.size;
      const share = got
        ? given.get(`${begin} ${got.offer}`)! / all
        : 1 - [...offers.keys()].reduce((sum, id) => sum + (given.get(`${begin} ${id}`) ?? 0), 0) / all;
      const completed = offer !== undefined && within('completed');
      out.row(
        [
          person,
          begin,
          wave + 1,
          profile.gender,
          profile.age,
          profile.income,
          Math.round((latest - profile.joined) / 86_400_000),
          count('bought'),
          cents(bought(before)),
          count('received'),
          count('viewed'),
          count('completed'),
          offer?.name ?? 'none',
          share,
          offer && within('viewed') ? 1 : 0,
          completed ? 1 : 0,
          cents(bought(life.filter(({ time }) => time >= begin && time < end))),
          completed ? offer.reward : 0,
          'observational',
        ],
        `customer ${person}`,
      );
    }
  }
  out.note(
    'the propensity is the share of the action in its wave: nobody published how offers were given out, so the log is marked observational',
  );
  if (strangers.length > 0)
    out.note(
      `left out: ${strangers.length} customers who are in the transcript and not in the profile (such as ${strangers[0]}), of whom nothing was known before; ${profiles.size} are written`,
    );
  out.note('gender "unknown" stands for customers without a profile; their age and income are written 0');
}

const header = [
  ...['shopper', 'time', 'wave', 'gender', 'age', 'income', 'memberDays', 'purchases', 'spentBefore'],
  ...['offersBefore', 'viewedBefore', 'completedBefore', 'action', 'propensity'],
  ...['visit', 'conversion', 'spend', 'cost', 'assignment'],
];

function profileOf(row: Record<string, unknown>, where: string): [string, Profile] {
  const { id, gender, age, income, became_member_on: day } = row;
  const joined = /^(\d{4})(\d{2})(\d{2})$/.exec(String(day));
  if (typeof id !== 'string' || !joined) throw bad(where, 'id and became_member_on (yyyymmdd) of a customer');
  const known = typeof gender === 'string' && typeof income === 'number';
  return [
    id,
    {
      gender: known ? gender : 'unknown',
      age: known ? Number(age) : 0,
      income: known ? income : 0,
      joined: Date.UTC(Number(joined[1]), Number(joined[2]) - 1, Number(joined[3])),
    },
  ];
}

function objectOf(text: string, where: string): Record<string, unknown> {
  try {
    const row: unknown = JSON.parse(text);
    if (typeof row === 'object' && row !== null) return row as Record<string, unknown>;
  } catch {}
  throw bad(where, 'one JSON object a line');
}

const bad = (where: string, accepted: string): TendrilError =>
  new TendrilError('bad-line', `${where}: it cannot be read; accepted: ${accepted}`);
const cents = (amount: number): number => Math.round(100 * amount) / 100;
