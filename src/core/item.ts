/** A product as the catalogue knows it. Only `itemId` must be there. */
export interface Item {
  readonly itemId: string;
  readonly title?: string;
  /** From the widest to the narrowest, e.g. ["Grocery", "Cheese", "Cheddar"]. */
  readonly categories?: readonly string[];
  readonly brand?: string;
  readonly price?: number;
  readonly currency?: string;
  readonly description?: string;
  readonly imageUrl?: string;
  /** What it looks or reads like in numbers, such as the embedding of a picture: of one length for all products of a shop. */
  readonly vector?: readonly number[];
  /** Pieces in stock; missing means not tracked, 0 means never recommended. */
  readonly stock?: number;
  /** When it came into the catalogue, milliseconds since 1970. */
  readonly addedAt?: number;
  /** Co-purchase graph: lists of itemIds. */
  readonly related?: {
    readonly alsoBought?: readonly string[];
    readonly alsoViewed?: readonly string[];
    readonly boughtTogether?: readonly string[];
  };
  readonly properties?: Readonly<Record<string, string | number | boolean>>;
}
