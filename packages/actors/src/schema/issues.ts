import { ActorError, type SchemaIssue } from '../errors.ts'

/** So many issues are told; the message says how many there were. */
const MOST_ISSUES = 32

/** Keys of a path that are told. */
const MOST_KEYS = 32

/** Characters of a key that are told. */
const MOST_KEY_CHARACTERS = 128

/** Characters of an issue's message that are told. */
const MOST_CHARACTERS = 1024

/** @param what they are the arguments of */
export function refusalOf(issues: readonly SchemaIssue[], what: string): ActorError {
  const told = issues.slice(0, MOST_ISSUES).map(shortened)
  const first = told[0]!
  const others = issues.length === 1 ? '' : ` (and ${issues.length - 1} more)`
  const message = `${what}: argument ${placeOf(first)}: ${first.message}${others}`
  return new ActorError('ESCHEMA', message, { issues: told })
}

const shortened = ({ message, path }: SchemaIssue): SchemaIssue => ({
  message: message.slice(0, MOST_CHARACTERS),
  path: path
    .slice(0, MOST_KEYS)
    .map((key) => (typeof key === 'string' ? key.slice(0, MOST_KEY_CHARACTERS) : key)),
})

/** As `0, at user.age`. */
function placeOf({ path: [argument, ...keys] }: SchemaIssue): string {
  return keys.length === 0 ? String(argument) : `${argument}, at ${keys.join('.')}`
}

/** The issues that another node has told of, whatever that was. */
export function issuesOf(told: unknown): SchemaIssue[] | undefined {
  if (!Array.isArray(told)) return undefined
  return told.slice(0, MOST_ISSUES).flatMap((issue: unknown) => {
    if (typeof issue !== 'object' || issue === null) return []
    const { message, path } = issue as Partial<Record<keyof SchemaIssue, unknown>>
    if (typeof message !== 'string' || !Array.isArray(path)) return []
    return [shortened({ message, path: path.filter(isKey) })]
  })
}

const isKey = (key: unknown): key is string | number =>
  typeof key === 'string' || typeof key === 'number'
