/** Runs one program, `{ program, hosts, isSmall }`, after a warm-up, and prints one line of JSON: its time. */
import { createSystem } from '@ringpost/actors'
import { programs } from './programs.ts'

interface SavinaOptions {
  /** As the suite calls it. */
  readonly program: string
  readonly hosts: number
  /** Not with the suite's parameters, but with some tenth of the work. */
  readonly isSmall: boolean
}

const WARM_UP_MS = 1000
const QUICK_WARM_UP_MS = 200

const options = JSON.parse(process.argv[2] ?? '{}') as SavinaOptions
const { program, hosts } = options
const chosen = programs[program]
if (chosen === undefined) throw new Error(`no program is called ${program}`)
const system = await createSystem({
  hosts,
  supervision: {
    decide(error) {
      console.error(error)
      process.exit(1)
    },
  },
})
const run = async (isSmall: boolean): Promise<number> => {
  const begun = performance.now()
  await chosen.run(system, hosts, isSmall)
  return performance.now() - begun
}
for (let left = options.isSmall ? QUICK_WARM_UP_MS : WARM_UP_MS; left > 0;) left -= await run(true)
const milliseconds = await run(options.isSmall)
console.log(JSON.stringify({ milliseconds }))
await system.close()
