/**
 * Properties in the form of ZPL, in which ZeroMQ's tools keep keys:
 *
 *     # a comment
 *     metadata
 *         name = "Alice"
 *     curve
 *         public-key = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
 *
 * @see RFC 4/ZPL
 */
const INDENT = 4

const line =
  /^(?<indent> *)(?<name>[\w$\-@.&+/]+)(?:\s*=\s*(?:"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<bare>[^"'#\s][^#]*)))?\s*(?:#.*)?$/

/** The values by their paths, `curve/public-key`; undefined when the text is not of this form. */
export function parseZpl(text: string): ReadonlyMap<string, string> | undefined {
  const values = new Map<string, string>()
  const path: string[] = []
  for (const raw of text.split(/\r?\n/)) {
    if (/^\s*(?:#.*)?$/.test(raw)) continue
    const { indent = '', name, double, single, bare } = line.exec(raw)?.groups ?? {}
    const depth = indent.length / INDENT
    if (name === undefined || !Number.isInteger(depth) || depth > path.length) return undefined
    path.length = depth
    path.push(name)
    const value = double ?? single ?? bare?.trim()
    if (value !== undefined) values.set(path.join('/'), value)
  }
  return values
}
