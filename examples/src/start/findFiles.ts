import { closeSync, openSync, readSync, readdirSync, statSync, type Dirent } from 'node:fs'
import { join } from 'node:path'

/** A text file to be counted. */
export interface FoundFile {
  path: string
  bytes: number
}

export interface Found {
  files: FoundFile[]
  bytes: number
  /** How many files the limits left out. */
  leftOut: number
  /** One message for each folder of those asked for that could not be searched. */
  refused: string[]
  /** One message for each file inside them that could not be read. */
  unreadable: string[]
  /** One message for each folder inside them that could not be read. */
  unreadableFolders: string[]
}

export interface Limits {
  files: number
  bytes: number
}

/**
 * Finds the text files below some folders, in an order that depends on their names only.
 *
 * Binary files and source maps are not text. Symbolic links are not followed: in an installed
 * workspace they lead to files that are found anyway.
 */
export function findFiles(folders: string[], limits: Limits): Found {
  const found: Found = {
    files: [],
    bytes: 0,
    leftOut: 0,
    refused: [],
    unreadable: [],
    unreadableFolders: [],
  }
  for (const folder of folders) {
    try {
      visit(folder, entriesOf(folder))
    } catch (error) {
      found.refused.push(reason(folder, error as NodeJS.ErrnoException))
    }
  }
  return found

  function visit(folder: string, entries: Dirent[]): void {
    for (const entry of entries) {
      const path = join(folder, entry.name)
      try {
        if (entry.isDirectory()) visit(path, entriesOf(path))
        else if (entry.isFile() && isText(path)) add({ path, bytes: statSync(path).size })
      } catch (error) {
        const messages = entry.isDirectory() ? found.unreadableFolders : found.unreadable
        messages.push((error as Error).message)
      }
    }
  }

  function add(file: FoundFile): void {
    if (found.files.length >= limits.files || found.bytes + file.bytes > limits.bytes) {
      found.leftOut++
      return
    }
    found.files.push(file)
    found.bytes += file.bytes
  }
}

function entriesOf(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true }).sort((one, other) =>
    one.name < other.name ? -1 : 1,
  )
}

const sample = Buffer.alloc(1024)

/** Text has no zero byte near its beginning; an empty file has none. */
function isText(path: string): boolean {
  if (path.endsWith('.map')) return false
  const file = openSync(path, 'r')
  try {
    const length = readSync(file, sample)
    return !sample.subarray(0, length).includes(0)
  } finally {
    closeSync(file)
  }
}

function reason(folder: string, error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return `no such folder: ${folder}`
  if (error.code === 'ENOTDIR') return `not a folder: ${folder}`
  return error.message
}
