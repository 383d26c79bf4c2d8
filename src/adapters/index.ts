export { writeReport } from './report-files.ts';
