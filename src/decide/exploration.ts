/** How much is left to chance. Placements may have their own. */
export interface Exploration {
  /** Share of slots always left to chance, so that yesterday's log can judge tomorrow's policy. */
  readonly floor: number;
  /** Added for a shopper nobody knows yet; fades with what the shopper does. */
  readonly newShopper: number;
  /** Never more than this. */
  readonly cap: number;
  /** How much likelier a new item is than a known one, where chance chooses. */
  readonly newItemWeight: number;
}

export const defaultExploration: Exploration = { floor: 0.02, newShopper: 0.08, cap: 0.1, newItemWeight: 5 };

/** Settings by placement, `default` for all others; what they leave out is as `defaultExploration` says. */
export type ExplorationSettings = Readonly<Record<string, Partial<Exploration>>>;

export const explorationAt = (placement: string | undefined, settings: ExplorationSettings): Exploration => ({
  ...defaultExploration,
  ...settings.default,
  ...settings[placement ?? 'default'],
});

/** Epsilon for a shopper who did `actions` things: the floor, and more while little is known (halved every 7 actions). */
export function explorationRate(actions: number, { floor, newShopper, cap }: Exploration): number {
  return Math.min(cap, floor + newShopper * 0.5 ** (actions / 7));
}

/** Interactions up to which an item counts as new. */
export const newItemInteractions = 10;
