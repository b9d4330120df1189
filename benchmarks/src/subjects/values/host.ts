/** The process of one measurement of values: prints the sample. */
import type * as Values from '../../../../packages/actors/dist/values/index.js'
import { readOptions } from '../twoSides.ts'
import { sampleValues, type ValueKind } from './sampleValues.ts'

export interface ValuesOptions {
  readonly subject: keyof ReturnType<typeof makeSubjects>
  readonly kind: ValueKind
  readonly count: number
  /** Whether msgpackr may use its addon for strings. */
  readonly isNative: boolean
}

const { subject, kind, count, isNative } = readOptions<ValuesOptions>()
// msgpackr looks at it when it is loaded.
process.env.MSGPACKR_NATIVE_ACCELERATION_DISABLED = String(!isNative)
const { Packr, isNativeAccelerationEnabled } = await import('msgpackr')
if (isNative !== isNativeAccelerationEnabled) {
  throw new Error(`msgpackr's addon is ${isNative ? 'not there' : 'there all the same'}`)
}

/** Part of a package that keeps it to itself: loaded from where it is built. */
const built = new URL('../../../../packages/actors/dist/values/index.js', import.meta.url)
const { ByteWriter, copyValue, readValue, writeValue } = (await import(built.href)) as typeof Values

const values = sampleValues(kind)

/** What is done with one value; the result is kept, so that nothing is optimized away. */
function makeSubjects() {
  const writer = new ByteWriter()
  const packr = new Packr({ useRecords: false })
  const written = values.map((value) => {
    writeValue(writer, value)
    return writer.take()
  })
  const packed = values.map((value) => Buffer.from(packr.pack(value)))
  return {
    write: (n: number): unknown => {
      writeValue(writer, values[n])
      return writer.take()
    },
    'write after others': (n: number): unknown => {
      if (writer.size > 16_384) writer.take()
      writeValue(writer, values[n])
      return writer
    },
    read: (n: number): unknown => readValue(written[n]!, 0, written[n]!.length),
    copy: (n: number): unknown => copyValue(values[n]),
    pack: (n: number): unknown => packr.pack(values[n]),
    unpack: (n: number): unknown => packr.unpack(packed[n]!),
    'pack and unpack': (n: number): unknown => packr.unpack(packr.pack(values[n])),
    structuredClone: (n: number): unknown => structuredClone(values[n]),
  }
}

const run = makeSubjects()[subject]
let last: unknown

/** Milliseconds for so many values. */
function measure(total: number): number {
  const started = performance.now()
  for (let n = 0; n < total; n++) last = run(n % values.length)
  return performance.now() - started
}

measure(count)
const nanoseconds = Math.round(measure(count) * 1e6)
if (last === undefined) throw new Error('nothing was made')
console.log(JSON.stringify({ values: count, nanoseconds }))
