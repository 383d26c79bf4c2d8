import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Tests change nothing that outlives them, so files may share a process: a third less to compute.
    isolate: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
