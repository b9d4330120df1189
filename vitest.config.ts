import { defineConfig } from 'vitest/config'

/** Limits are for what hangs, not for what is slow: tests share their cores, also with other programs. */
const common = {
  globalSetup: './test/support/build.ts',
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 30_000 } },
}

const moreSuites = 'test/stress/suites/*.test.ts'
const alone = 'packages/*/src/**/*.alone.test.ts'

export default defineConfig({
  test: {
    // The tests are for busy cores as well.
    maxWorkers: 2,
    projects: [
      {
        // Loading the sources anew for each of its files took more than half of this project's time.
        test: {
          ...common,
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts'],
          exclude: [alone],
          isolate: false,
        },
      },
      {
        // For files that replace modules, or leave something for ever in one.
        test: { ...common, name: 'unit-alone', include: [alone] },
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
          ...common,
          name: 'contract',
          include: ['test/{suites,threads}/**/*.test.ts', 'test/actors/*.test.ts'],
        },
      },
      {
        test: {
          ...common,
          name: 'examples',
          include: ['test/{examples,docs}/**/*.test.ts'],
        },
      },
      {
        test: {
          ...common,
          name: 'interop',
          include: ['test/interop/**/*.test.ts'],
        },
      },
      {
        test: {
          ...common,
          name: 'peers',
          include: ['test/peers/**/*.test.ts'],
        },
      },
      {
        test: {
          ...common,
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
        },
      },
      {
        test: {
          ...common,
          name: 'fuzz',
          include: ['test/fuzz/**/*.test.ts'],
          testTimeout: 3_600_000,
        },
      },
      {
        test: {
          ...common,
          name: 'stress',
          include: ['test/stress/**/*.test.ts', 'test/actors/losses/*.test.ts'],
          exclude: [moreSuites],
          testTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        // Nothing here is under load: two at a time.
        test: { ...common, name: 'suites', include: [moreSuites] },
      },
      {
        // What holds for hosts that are threads holds for those that are processes.
        test: {
          ...common,
          name: 'processes',
          include: [
            'test/actors/{hosts,mail,farm,pools,topics,registry,nodes}.test.ts',
            'test/actors/losses/*Losses.test.ts',
            'test/actors/losses/{closing,everyAskSettles}.test.ts',
          ],
          env: { RINGPOST_ISOLATION: 'process' },
          fileParallelism: false,
        },
      },
    ],
  },
})
