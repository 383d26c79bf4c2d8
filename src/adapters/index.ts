export { backUp } from './backup.ts';
export { readBanditLog, readSlates, readTargetPolicy } from './bandit-files.ts';
export { campaignFiles, storedPolicies } from './campaign-files.ts';
export { writeOutcomes } from './campaign-outcomes.ts';
export { checkLog, type LogCheck } from './check-log.ts';
export { checkpointFile } from './checkpoint-file.ts';
export { type DataDirectory, dataPath, openDataDirectory } from './data-directory.ts';
export { demoReviews } from './demo-reviews.ts';
export { directoryRegistry } from './directory-registry.ts';
export { type CampaignSummary, importCampaign } from './import-campaign.ts';
export { ImportBroken, type ImportSettings, type ImportSummary, importFiles } from './import-files.ts';
export { openEngine } from './open-engine.ts';
export { ortEngine } from './ort-engine.ts';
export { ortWebEngine } from './ort-web-engine.ts';
export { checkOutPath } from './out-path.ts';
export {
  isPolicyFile,
  openPolicyFile,
  type PolicyFile,
  writePolicyFile,
} from './policy-file.ts';
export { type LoggedPolicy, openLoggedPolicy, policyTarget } from './policy-target.ts';
export { byteSource } from './read-bytes.ts';
export { writeReport } from './report-files.ts';
export { restore } from './restore.ts';
export { readSequenceFile } from './sequence-file.ts';
export { type SqliteLogSettings, sqliteLog } from './sqlite-log.ts';
export { refuseSecondWriter } from './sqlite-log-lock.ts';
export { readTaobaoNetworks, worldWithData } from './taobao-networks.ts';
