/**
 * A set or a map without a key that it has. The last one is not deleted but the table let go of: V8 makes
 * a smaller one whenever a set or a map becomes empty, and one of long standing keeps each that it ever
 * had until the next full collection, as each refers to its successor.
 */
export function without<Key>(table: Set<Key>, key: Key): Set<Key>
export function without<Key, Value>(table: Map<Key, Value>, key: Key): Map<Key, Value>
export function without<Key>(
  table: Set<Key> | Map<Key, unknown>,
  key: Key,
): Set<Key> | Map<Key, unknown> {
  if (table.size === 1) return table instanceof Map ? new Map() : new Set()
  table.delete(key)
  return table
}
