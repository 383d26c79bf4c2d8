export { type DataDirectory, dataPath, openDataDirectory } from './data-directory.ts';
export { writeReport } from './report-files.ts';
export { type SqliteLogSettings, sqliteLog } from './sqlite-log.ts';
