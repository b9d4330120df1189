import { spawnSync } from 'node:child_process'
import type { Plan } from './question.ts'

let hasTaskset: boolean | undefined

/** The same process, bound to one core. */
export function onOneCore(plan: Plan): Plan {
  if ('missing' in plan) return plan
  hasTaskset ??= spawnSync('taskset', ['--version']).error === undefined
  if (!hasTaskset) return { missing: 'no taskset (Debian: apt-get install util-linux)' }
  return {
    executable: 'taskset',
    arguments: ['--cpu-list', '0', plan.executable, ...plan.arguments],
  }
}
