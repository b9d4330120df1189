import { defineConfig } from 'vitest/config'

const globalSetup = './test/support/build.ts'
/** For what hangs, not for what is slow: some tests compute for seconds, on cores that others use too. */
const testTimeout = 60_000

export default defineConfig({
  test: {
    // The tests are for busy cores as well.
    maxWorkers: 2,
    projects: [
      {
        test: { name: 'unit', include: ['packages/*/src/**/*.test.ts'], globalSetup, testTimeout },
      },
      {
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['packages/*/src/**/*.test-d.ts'],
            tsconfig: './tsconfig.test.json',
            // `pnpm types` reports the errors of every other file.
            ignoreSourceErrors: true,
          },
        },
      },
      {
        test: {
          name: 'contract',
          include: ['test/{suites,threads,actors}/**/*.test.ts'],
          globalSetup,
          testTimeout,
        },
      },
      {
        test: {
          name: 'examples',
          include: ['test/{examples,docs}/**/*.test.ts'],
          globalSetup,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'interop',
          include: ['test/interop/**/*.test.ts'],
          globalSetup,
          testTimeout,
        },
      },
      {
        test: {
          name: 'peers',
          include: ['test/peers/**/*.test.ts'],
          globalSetup,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'fuzz',
          include: ['test/fuzz/**/*.test.ts'],
          globalSetup,
          testTimeout: 3_600_000,
        },
      },
      {
        test: {
          name: 'stress',
          include: ['test/stress/**/*.test.ts'],
          globalSetup,
          testTimeout: 600_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        // What holds for hosts that are threads holds for those that are processes.
        test: {
          name: 'processes',
          include: [
            'test/actors/{hosts,mail,everyAskSettles,closing,farm,farmLosses,manyLosses,pools,topics,registry,nodes}.test.ts',
          ],
          globalSetup,
          env: { RINGPOST_ISOLATION: 'process' },
          testTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
