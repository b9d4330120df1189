/** Empty tasks of piscina, on two threads. Prints the sample. */
import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { readOptions } from '../twoSides.ts'
import { measureAsks, type AskOptions } from './asking.ts'

const filename = fileURLToPath(new URL('./piscinaWorker.js', import.meta.url))
const pool = new Piscina({ filename, minThreads: 2, maxThreads: 2 })
const eachMs = await measureAsks(
  (value) => pool.run(value) as Promise<number>,
  readOptions<AskOptions>(),
)
console.log(JSON.stringify({ nanoseconds: Math.round(eachMs * 1e6) }))
process.exit()
