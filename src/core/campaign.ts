import { z } from 'zod';
import { readIsoTime } from './iso-time.ts';
import { fail, ok, type Result } from './result.ts';
import { explain, itemIdSchema } from './schema.ts';

/**
 * What a shop declares before anything is offered: what it may offer and what that may cost, through which channels and
 * when, how much in all, and what counts as good. Everything a decision may not break stands here.
 */
const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/i, 'a name of up to 64 letters, digits, dots, hyphens and underscores');
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time such as 21:00');
const money = z.number().min(0).max(1e9);
const percent = z.number().gt(0).lt(100);
const moment = z.string().max(40).meta({ description: 'ISO 8601, such as 2026-03-01T00:00:00Z' });

const offerSchema = z.strictObject({
  kind: z.enum(['message', 'discount', 'free shipping', 'bundle']),
  percents: z
    .array(percent)
    .min(1)
    .max(20)
    .optional()
    .meta({ description: 'depths of a discount; each is an action of its own' }),
  percent: percent.optional().meta({ description: "off a bundle's price" }),
  largestBasket: money.optional().meta({
    description: 'a discount or bundle holds up to this much money, so at most that share of it is the cost',
  }),
  cost: money.optional().meta({ description: 'of free shipping, once it is used' }),
  itemIds: z
    .array(itemIdSchema)
    .min(1)
    .max(100)
    .optional()
    .meta({ description: 'offered only while all of these are in stock' }),
  pieces: z.int().min(0).max(1e9).optional().meta({ description: 'times it may be offered in all' }),
});

const channelSchema = z.strictObject({
  channel: z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/, 'a name in small letters such as email'),
  cost: money.meta({ description: 'of one message' }),
  consent: z
    .enum(['needed', 'not needed'])
    .optional()
    .meta({ description: 'needed if missing: by an event of type subscribe' }),
  quietHours: z
    .strictObject({ from: clockTime, to: clockTime })
    .optional()
    .meta({ description: 'nothing is sent from (inclusive) to (exclusive), also across midnight' }),
});

export const campaignSchema = z.strictObject({
  campaignId: name,
  title: z.string().max(200).optional(),
  from: moment.optional(),
  until: moment.optional(),
  timeZone: z
    .string()
    .max(64)
    .optional()
    .meta({ description: 'IANA name such as Europe/Vienna; UTC if missing' }),
  offers: z.array(offerSchema).min(1).max(20),
  channels: z.array(channelSchema).min(1).max(10),
  budget: z
    .union([money, z.strictObject({ sharedWith: name })], 'money, or {"sharedWith": "another campaign"}')
    .meta({ description: 'money, or the campaign whose budget this one draws from too' }),
  caps: z
    .array(z.strictObject({ contacts: z.int().min(0).max(50), days: z.number().gt(0).max(365) }))
    .max(5)
    .optional()
    .meta({ description: 'messages to one shopper within so many days, of all campaigns together' }),
  daysBetweenContacts: z.number().min(0).max(365).optional(),
  segments: z
    .array(z.enum(['new', 'browsing', 'comparing', 'about to buy', 'loyal', 'lapsing']))
    .min(1)
    .optional()
    .meta({ description: 'shoppers of these only' }),
  reward: z
    .string()
    .min(1)
    .max(200)
    .meta({ description: 'a formula over visit, conversion, spend, margin, cost, unsubscribed' }),
  marginShare: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .meta({ description: 'share of the spend that is margin, for purchases that do not say their margin' }),
  windowHours: z
    .number()
    .gt(0)
    .max(24 * 90)
    .optional()
    .meta({ description: 'what a shopper does so long after a decision is its outcome; 72 if missing' }),
  policy: z
    .union(
      [
        z.strictObject({
          agent: z.enum(['thompson', 'lin-ucb']),
          settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
        }),
        z.strictObject({ file: name }),
      ],
      '{"agent": "thompson" or "lin-ucb", "settings": {...}}, or {"file": "a policy file beside the campaigns"}',
    )
    .optional()
    .meta({
      description:
        'a bandit that learns from the outcomes (thompson if missing), or a stored policy file of campaign-v1 in the folder of the campaigns',
    }),
});

export type Campaign = z.infer<typeof campaignSchema>;
export type OfferRule = Campaign['offers'][number];
export type ChannelRule = Campaign['channels'][number];

/** Actions a campaign may have, no contact among them. */
const mostActions = 200;

/** A campaign from outside: its fields, and that they agree with each other. What is wrong is named. */
export function readCampaign(raw: unknown): Result<Campaign> {
  const parsed = campaignSchema.safeParse(raw);
  if (!parsed.success) return bad(explain(parsed.error, raw, campaignSchema));
  const campaign = parsed.data;
  const wrong = offersWrong(campaign) ?? timesWrong(campaign) ?? channelsWrong(campaign);
  return wrong === undefined ? ok(campaign) : bad(wrong);
}

function offersWrong({ offers, channels }: Campaign): string | undefined {
  /** Which fields a kind must have, and may have besides itemIds and pieces. */
  const fields = {
    message: [],
    discount: ['percents', 'largestBasket'],
    'free shipping': ['cost'],
    bundle: ['percent', 'largestBasket'],
  } as const;
  for (const [i, offer] of offers.entries()) {
    const wanted: readonly string[] = fields[offer.kind];
    const missing = wanted.find((field) => offer[field as keyof OfferRule] === undefined);
    if (missing !== undefined)
      return `offers[${i}].${missing} is missing; accepted: a ${offer.kind} with ${wanted.join(' and ')}`;
    const other = Object.keys(offer).find(
      (field) => !['kind', 'itemIds', 'pieces', ...wanted].includes(field),
    );
    if (other !== undefined)
      return `offers[${i}].${other} means nothing for a ${offer.kind}; accepted: ${['itemIds', 'pieces', ...wanted].join(', ')}`;
    if (new Set(offer.percents).size !== (offer.percents?.length ?? 0))
      return `offers[${i}].percents is ${JSON.stringify(offer.percents)}; accepted: each depth once`;
  }
  const kinds = offers.map(({ kind }) => kind);
  const twice = kinds.findIndex((kind, i) => kinds.indexOf(kind) !== i);
  if (twice >= 0) return `offers[${twice}] is a second ${kinds[twice]}; accepted: each kind once`;
  const n = 1 + channels.length * offers.reduce((sum, { percents }) => sum + (percents?.length ?? 1), 0);
  return n > mostActions
    ? `offers and channels make ${n} actions; accepted: at most ${mostActions}`
    : undefined;
}

function timesWrong({ from, until, timeZone }: Campaign): string | undefined {
  for (const [field, text] of Object.entries({ from, until }))
    if (text !== undefined && Number.isNaN(readIsoTime(text)))
      return `${field} is ${JSON.stringify(text)}; accepted: ISO 8601, such as 2026-03-01T00:00:00Z`;
  if (from !== undefined && until !== undefined && readIsoTime(from) >= readIsoTime(until))
    return `until is ${JSON.stringify(until)}; accepted: a time after from, ${JSON.stringify(from)}`;
  if (timeZone !== undefined && !isTimeZone(timeZone))
    return `timeZone is ${JSON.stringify(timeZone)}; accepted: an IANA name such as Europe/Vienna`;
  return undefined;
}

/** True for the names of time zones that this machine knows. */
export function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

function channelsWrong({ campaignId, channels, budget }: Campaign): string | undefined {
  const names = channels.map(({ channel }) => channel);
  const twice = names.findIndex((one, i) => names.indexOf(one) !== i);
  if (twice >= 0) return `channels[${twice}].channel is a second ${JSON.stringify(names[twice])}`;
  const quiet = channels.findIndex(({ quietHours }) => quietHours && quietHours.from === quietHours.to);
  if (quiet >= 0)
    return `channels[${quiet}].quietHours begin and end at ${channels[quiet]!.quietHours!.from}; accepted: two different times`;
  return typeof budget === 'object' && budget.sharedWith === campaignId
    ? `budget.sharedWith is ${JSON.stringify(campaignId)}, the campaign itself; accepted: an amount of money, or another campaign`
    : undefined;
}

const bad = (message: string) => fail({ code: 'bad-request' as const, message });
