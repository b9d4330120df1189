import { randomBytes } from 'node:crypto'
import { open, rename, rm, writeFile } from 'node:fs/promises'

export interface NewFile {
  readonly path: string
  readonly text: string
  /** Who may do what with it, less the process's mask. */
  readonly mode: number
}

/**
 * Writes files that belong together, in place of those that are there: each is its old or its new one, at any
 * time and for everybody. They are written beside their places and moved there, in the order given, when all are
 * whole.
 *
 * Rejects with what the file system says; then all are as they were, unless it let one be moved and not the next.
 */
export async function replaceFiles(files: readonly NewFile[]): Promise<void> {
  for (const { path } of files) await checkReplaceable(path)
  const written: { readonly beside: string; readonly path: string }[] = []
  try {
    for (const { path, text, mode } of files) {
      const beside = `${path}~${randomBytes(4).toString('hex')}${PASSED_OVER}`
      written.push({ beside, path })
      await writeFile(beside, text, { flag: 'wx', mode })
    }
    for (const { beside, path } of written) await rename(beside, path)
  } catch (error) {
    for (const { beside } of written) await rm(beside, { force: true })
    throw error
  }
}

/** Whoever reads a folder of certificates takes no notice of names that end so. */
const PASSED_OVER = '_secret'

/** What would be found out only after others were moved: a folder, a file that is not to be written. */
async function checkReplaceable(path: string): Promise<void> {
  try {
    const file = await open(path, 'r+')
    await file.close()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
