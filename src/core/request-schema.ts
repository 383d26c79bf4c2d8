import { z } from 'zod';
import { itemIdSchema, textSchema } from './schema.ts';

/** Ways to choose for several people at once; src/decide/combine-members.ts says what they do. */
export const combinations = ['average', 'least-misery', 'fair'] as const;
export type Combination = (typeof combinations)[number];

/** What `POST /v1/recommend` takes. Nothing is required: a shopper nobody knows gets what the policy gives everybody. */
export const recommendSchema = z.strictObject({
  userId: itemIdSchema.optional(),
  anonymousId: itemIdSchema.optional(),
  sessionId: itemIdSchema.optional(),
  userIds: z
    .array(itemIdSchema)
    .min(2)
    .max(20)
    .optional()
    .meta({ description: 'one slate for these shoppers together, in place of userId' }),
  combine: z.enum(combinations).optional().meta({
    description:
      'with userIds: the mean of what they like, what the one who likes it least likes most, or fair over the slots and over time; fair if missing',
  }),
  placement: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .meta({ description: 'where the slate will be shown; "default" if missing' }),
  limit: z.int().min(1).max(100).optional().meta({ description: 'items wanted; 10 if missing' }),
  itemIds: z
    .array(itemIdSchema)
    .min(1)
    .max(10_000)
    .optional()
    .meta({ description: 'choose among these only' }),
  exclude: z.array(itemIdSchema).max(10_000).optional().meta({ description: 'never these' }),
  excludeBought: z.boolean().optional().meta({
    description:
      'leave out what the shopper bought; if missing, where shoppers of this shop seldom buy a product twice',
  }),
  filter: z
    .strictObject({
      categories: z
        .array(z.string().min(1))
        .min(1)
        .max(100)
        .optional()
        .meta({ description: 'in any of these' }),
      brands: z.array(z.string().min(1)).min(1).max(100).optional(),
      minPrice: z.number().min(0).optional(),
      maxPrice: z.number().min(0).optional(),
    })
    .optional(),
  pin: z.array(itemIdSchema).min(1).max(10).optional().meta({
    description: 'shown first, in this order, with probability 1, unless a rule forbids them',
  }),
  boost: z
    .array(
      z.strictObject({
        itemIds: z.array(itemIdSchema).min(1).max(1_000).optional(),
        categories: z.array(z.string().min(1)).min(1).max(100).optional(),
        brands: z.array(z.string().min(1)).min(1).max(100).optional(),
        by: z.number().min(-1).max(1).meta({
          description:
            'added to the score, in shares of the distance from the worst to the best: above 0 lifts, below 0 buries',
        }),
      }),
    )
    .min(1)
    .max(20)
    .optional()
    .meta({ description: 'items that fit everything a rule names; of several rules all count' }),
  diversity: z.number().min(0).max(1).optional().meta({
    description:
      'what being unlike the items before it (by category and brand) weighs beside the score; 0 if missing',
  }),
  context: z.record(z.string(), z.union([z.string().max(256), z.number(), z.boolean()])).optional(),
});

export type RecommendRequest = z.infer<typeof recommendSchema>;

/** What `POST /v1/offers` takes: whom to write to, for which campaign. */
export const offerSchema = z.strictObject({
  userId: itemIdSchema.optional(),
  anonymousId: itemIdSchema.optional(),
  sessionId: itemIdSchema.optional(),
  campaignId: itemIdSchema.optional().meta({ description: 'needed where there are several campaigns' }),
  channels: z
    .array(z.string().min(1).max(32))
    .min(1)
    .max(10)
    .optional()
    .meta({ description: 'through one of these only; any channel of the campaign if missing' }),
  timeZone: z.string().max(64).optional().meta({ description: "the shopper's own, for quiet hours" }),
  explain: z
    .boolean()
    .optional()
    .meta({ description: 'true: with Shapley values of all features and every propensity' }),
});

export type OfferRequest = z.infer<typeof offerSchema>;

/** Longest vector of a product. */
export const mostNumbers = 1_024;

/** A product as `PUT /v1/items` takes it. */
export const itemSchema = z.strictObject({
  itemId: itemIdSchema,
  title: textSchema.optional(),
  categories: z.array(z.string().min(1).max(256)).max(20).optional(),
  brand: z.string().max(256).optional(),
  price: z.number().min(0).max(1e9).optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
  description: z.string().max(10_000).optional(),
  imageUrl: z.string().max(2_000).optional(),
  vector: z.array(z.number().min(-1e9).max(1e9)).min(1).max(mostNumbers).optional().meta({
    description:
      'what it looks or reads like in numbers, such as the embedding of a picture; of one length for all products',
  }),
  stock: z
    .int()
    .min(0)
    .max(1e9)
    .optional()
    .meta({ description: '0 is never recommended; missing: not tracked' }),
  addedAt: z.number().optional(),
  related: z
    .strictObject({
      alsoBought: z.array(itemIdSchema).max(500).optional(),
      alsoViewed: z.array(itemIdSchema).max(500).optional(),
      boughtTogether: z.array(itemIdSchema).max(500).optional(),
    })
    .optional(),
  properties: z.record(z.string(), z.union([z.string().max(1_000), z.number(), z.boolean()])).optional(),
});

export const itemsSchema = z.strictObject({ items: z.array(itemSchema).min(1).max(1_000) });
