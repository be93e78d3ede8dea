import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx', 'scripts/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // A process for each file loads the same modules two hundred times over. Whatever a test changes that
    // others share (a spy, the clock, a setting) it puts back itself.
    isolate: false,
  },
})
