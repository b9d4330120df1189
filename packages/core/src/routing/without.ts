/** Tables up to this size are copied. */
const FEW = 8

/**
 * Takes a key out of a set or a map that has it; what is returned takes the place of the table.
 *
 * V8 makes another table when one becomes empty, or full of what was deleted, and the old one refers
 * to it. Once one of them is in the old generation, scavenges take what it refers to for used, and so each
 * that follows, until the next full collection. Few keys are therefore copied to a table that none
 * refers to; where there are many, another table is rare.
 */
export function without<Key>(table: Set<Key>, key: Key): Set<Key>
export function without<Key, Value>(table: Map<Key, Value>, key: Key): Map<Key, Value>
export function without<Key>(
  table: Set<Key> | Map<Key, unknown>,
  key: Key,
): Set<Key> | Map<Key, unknown> {
  table.delete(key)
  if (table.size > FEW) return table
  return table instanceof Map ? new Map(table) : new Set(table)
}
