export { type AppSettings, createApp, requestLog } from './app.ts';
export { isLoopback } from './gate.ts';
export { restorePolicy } from './restore-policy.ts';
export { compiled } from './schemas.ts';
export type { Shop, Step } from './shop.ts';
