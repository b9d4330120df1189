import { defineConfig } from 'vitest/config'

/**
 * Tests that kill mutants: those of pure logic beside the mutated sources. They import `./x.ts`, so
 * that they see the mutant; tests that load the built package would not, and nothing is built here.
 *
 * Without the interleavings: they would take most of the time, and what they look for, atomic
 * operations in a wrong order, no mutant makes. What survives the others survives them too.
 */
export default defineConfig({
  test: {
    include: ['packages/core/src/{ring,routing}/**/*.test.ts'],
    exclude: ['**/*.interleavings.test.ts'],
    setupFiles: ['vitest.mutation.setup.ts'],
    testTimeout: 20_000,
    // The test files of one mutant share a thread: starting one for each takes longer than they do.
    isolate: false,
  },
})
