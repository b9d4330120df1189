import type { HostTask } from './hostThread.ts'
import { loadTypeScriptAsTheProgram } from './typescript.ts'

/** The task of a host's thread in the program's own process: it lasts as long as the host. */
export default async function hostMain(task: HostTask): Promise<void> {
  await loadTypeScriptAsTheProgram()
  // Imported, as definitions are: piscina requires this module, and a program's loader may make another of each
  // module that is required.
  const { runThreadHost } = await import('./threadHost.ts')
  await runThreadHost(task)
}
