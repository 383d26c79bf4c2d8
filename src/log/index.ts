export { type Appended, type Folded, type Log, type Position, type Stored, tombstone } from './log.ts';
export { memoryLog } from './memory-log.ts';
