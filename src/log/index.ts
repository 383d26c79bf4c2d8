export type { Appended, Log, Position, Stored } from './log.ts';
export { memoryLog } from './memory-log.ts';
