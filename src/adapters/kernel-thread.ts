import { workerData } from 'node:worker_threads';
import { followCalls, type SharedWork } from '../math/index.ts';

followCalls(workerData as SharedWork);
