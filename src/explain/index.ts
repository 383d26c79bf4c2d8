export { type Evidence, evidence } from './evidence.ts';
export { type ReasonContext, reasonsFor } from './reasons.ts';
