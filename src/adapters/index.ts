export { type DataDirectory, dataPath, openDataDirectory } from './data-directory.ts';
export { directoryRegistry } from './directory-registry.ts';
export { ImportBroken, type ImportSettings, type ImportSummary, importFiles } from './import-files.ts';
export { openEngine } from './open-engine.ts';
export { ortEngine } from './ort-engine.ts';
export { ortWebEngine } from './ort-web-engine.ts';
export { writeReport } from './report-files.ts';
export { readSequenceFile } from './sequence-file.ts';
export { type SqliteLogSettings, sqliteLog } from './sqlite-log.ts';
