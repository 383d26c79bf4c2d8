export { catalogueOfLog } from './catalogue-of-log.ts';
export { interestTypes, type LogSequences, type LogSlice, sequencesOfLog } from './sequences-of-log.ts';
