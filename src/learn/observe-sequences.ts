import {
  eventTypeCode,
  historyPlace,
  type ItemFeatures,
  type ObservationSpec,
  partAt,
  type Sequences,
  type ShopFeature,
  sessionFeature,
  shopFeatures,
  TendrilError,
  writeHistory,
} from '../core/index.ts';

/**
 * The shop's observation out of bare sequences, for data that is no event log: the histories, and of the features what
 * sequences tell; the rest has the values shop-observation.ts gives to what is unknown. The time scale is that of
 * `train`, whatever is observed.
 */
export function sequenceObserver(
  spec: ObservationSpec,
  sequences: Sequences,
  train: Sequences,
  items?: ItemFeatures,
): (row: number, end: number, out: Float32Array, at: number) => void {
  const place = historyPlace(spec);
  if (!place)
    throw new TendrilError('bad-setting', 'sequences are observed through the part "history.items"');
  const features = partAt(spec, 'features')?.offset;
  const first = train.times?.reduce((a, b) => Math.min(a, b), Infinity) ?? 0;
  const last = train.times?.reduce((a, b) => Math.max(a, b), -Infinity) ?? 0;
  const buying = new Set(['add_to_cart', 'begin_checkout', 'purchase'].map(eventTypeCode));
  return (row, end, out, at) => {
    writeHistory(place, sequences, row, end, out, at);
    if (features === undefined) return;
    const begin = sequences.offsets[row]!;
    const newest = begin + end - 1;
    const values: Record<ShopFeature, number> = {
      shopper: (row + 1) / sequences.n,
      lastItem: end > 0 ? (sequences.items[newest]! + 1) / sequences.itemCount : 0,
      lastPrice: 0.5,
      lastRating: 0.5,
      lastSentiment: 0.5,
      lastHelpfulness: 0,
      lastTime: 0,
      recency: end > 0 ? 1 : 0,
      frequency: 1 - Math.exp(-end / 20),
      monetary: 0,
      engagement: 0,
      session: sessionFeature(end),
      buying: 0,
      price: 0.5,
      satisfaction: 0.5,
    };
    if (end > 0) {
      const rating = sequences.ratings?.[newest] ?? 0;
      if (rating > 0) values.lastRating = (rating - 1) / 4;
      if (sequences.times && last > first)
        values.lastTime = Math.min(1, Math.max(0, (sequences.times[newest]! - first) / (last - first)));
      if (items) values.lastPrice = items.prices[sequences.items[newest]!]!;
      let bought = 0;
      let prices = 0;
      let stars = 0;
      let rated = 0;
      for (let p = begin; p <= newest; p++) {
        if (sequences.types && buying.has(sequences.types[p]!)) bought++;
        if (items) prices += items.prices[sequences.items[p]!]!;
        const given = sequences.ratings?.[p] ?? 0;
        if (given > 0) {
          stars += (given - 1) / 4;
          rated++;
        }
      }
      values.buying = bought / end;
      if (items) values.price = prices / end;
      if (rated > 0) values.satisfaction = stars / rated;
    }
    for (let f = 0; f < shopFeatures.length; f++) out[at + features + f] = values[shopFeatures[f]!];
  };
}
