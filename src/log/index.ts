export type { Appended, Folded, Log, Position, Stored } from './log.ts';
export { memoryLog } from './memory-log.ts';
