/** An empty task of piscina, on one thread. Prints the sample. */
import { subject } from '../pools/piscina.ts'
import { readOptions } from '../twoSides.ts'
import { measureAsks, type AskOptions } from './asking.ts'

const pool = await subject.open('echo', 1)
const eachMs = await measureAsks((value) => pool.run!(value), readOptions<AskOptions>())
console.log(JSON.stringify({ nanoseconds: Math.round(eachMs * 1e6) }))
process.exit()
