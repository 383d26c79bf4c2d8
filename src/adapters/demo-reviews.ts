import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import Papa from 'papaparse';
import type { ReviewText } from '../eval/index.ts';

/** The bundled review texts (Women's Clothing E-Commerce Reviews, CC0; see NOTICE): real, but not of the demo shop. */
export function demoReviews(): { readonly source: string; readonly texts: ReviewText[] } {
  const csv = gunzipSync(readFileSync(new URL('../../data/reviews.csv.gz', import.meta.url))).toString(
    'utf8',
  );
  const { data } = Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true });
  return {
    source: "real reviews of a women's clothing shop (CC0), since the demo shop has none",
    texts: data.map((row) => ({ text: row['Review Text'] ?? '', stars: Number(row.Rating) })),
  };
}
