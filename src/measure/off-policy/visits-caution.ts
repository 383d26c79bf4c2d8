/** Below this share of the choices visits are chance: somebody is in the shop whenever a schedule asks. */
const most = 0.1;

/**
 * What is to be known of choices that were made when shoppers came and not by a schedule, or undefined. Coming leads to the next
 * message; a window of no contact that a message follows has no outcome; so those are left over who stayed away.
 */
export const visitsCaution = (choices: number, atVisits: number): string | undefined =>
  atVisits > most * choices
    ? `${atVisits} of ${choices} choices were made while the shopper was in the shop; where a message follows at the next visit, no contact has no outcome, and those who stayed away are left over: no contact looks worse than it is. Ask by a schedule to compare with it`
    : undefined;
