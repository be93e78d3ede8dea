import { defineConfig } from 'vitest/config'

/** What runs against a Jaeger that `npm run test:jaeger` has built: not part of `npm test`. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['scripts/jaeger/**/*.spec.ts'],
    testTimeout: 300_000,
    hookTimeout: 120_000,
    // Workers that are processes outlive a run that is cut short, and their servers with them.
    pool: 'threads',
    // Each file starts servers of its own.
    maxWorkers: 1,
  },
})
