import { defineConfig } from 'vitest/config'

/**
 * Tests that kill mutants: those of pure logic beside the mutated sources. They import `./x.ts`, so
 * that they see the mutant; tests that load the built package would not, and nothing is built here.
 */
export default defineConfig({
  test: { include: ['packages/core/src/{ring,routing}/**/*.test.ts'], testTimeout: 20_000 },
})
