import type { ProcessHostTask } from './processHost.ts'
import { loadTypeScriptAsTheProgram } from './typescript.ts'

/** The task of a host's thread in a process of its own: it lasts as long as the host. */
export default async function processHostMain(task: ProcessHostTask): Promise<void> {
  await loadTypeScriptAsTheProgram()
  // Imported as `hostMain` imports its own.
  const { runProcessHost } = await import('./processHost.ts')
  await runProcessHost(task)
}
