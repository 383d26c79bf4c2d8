/** Where time comes from: milliseconds since 1970-01-01 UTC. The pure rows are handed one and never look at the machine's. */
export type Clock = () => number;
