import { fileURLToPath } from 'node:url'
import type { Command } from './question.ts'

/**
 * A measurement in a Node process of its own.
 *
 * @param host the module that runs it, relative to `subjects/`
 * @param options handed to it as JSON, its only argument
 * @param nodeFlags for Node itself
 */
export function planNode(host: string, options: object, nodeFlags: string[] = []): Command {
  const path = fileURLToPath(new URL(`../subjects/${host}`, import.meta.url))
  return { executable: process.execPath, arguments: [...nodeFlags, path, JSON.stringify(options)] }
}
