import { randomBytes } from 'node:crypto'
import { chmod, open, realpath, rename, rm, writeFile } from 'node:fs/promises'

export interface NewFile {
  readonly path: string
  readonly text: string
  /** Who may do what with it, less the process's mask. */
  readonly mode: number
  /** Whether one that is there keeps its own mode. */
  readonly keepsMode: boolean
}

interface Place {
  readonly path: string
  /** Of the file that is there; undefined: there is none. */
  readonly mode: number | undefined
}

/** Settles when all that was to be replaced until now is. */
let before: Promise<unknown> = Promise.resolve()

/**
 * Writes files that belong together, in place of those that are there: each is its old or its new one, at any
 * time and for everybody. They are written beside their places and moved there, in the order given, when all are
 * whole. A link stays one, and what it leads to is replaced; one that leads nowhere is replaced itself.
 *
 * Within a process one call comes after the other. Nothing keeps processes apart, and nothing is forced to the disk.
 *
 * Rejects with what the file system says; then all are as they were, unless it let one be moved and not the next.
 */
export function replaceFiles(files: readonly NewFile[]): Promise<void> {
  // Not only for the same paths: different ones may lead to the same file.
  const replacing = before.then(() => replaceNow(files))
  before = replacing.catch(() => {
    // Whoever called has it; the next one begins anew.
  })
  return replacing
}

async function replaceNow(files: readonly NewFile[]): Promise<void> {
  const places: Place[] = []
  for (const { path } of files) places.push(await replaceable(path))
  const written: { readonly beside: string; readonly path: string }[] = []
  try {
    for (const [index, { text, mode, keepsMode }] of files.entries()) {
      const place = places[index]!
      const beside = `${place.path}~${randomBytes(4).toString('hex')}${PASSED_OVER}`
      written.push({ beside, path: place.path })
      await writeFile(beside, text, { flag: 'wx', mode })
      if (keepsMode && place.mode !== undefined) await chmod(beside, place.mode)
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
async function replaceable(path: string): Promise<Place> {
  try {
    const real = await realpath(path)
    const file = await open(real, 'r+')
    try {
      return { path: real, mode: (await file.stat()).mode & 0o7777 }
    } finally {
      await file.close()
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return { path, mode: undefined }
  }
}
