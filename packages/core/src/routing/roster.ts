/** With no more keys left than these, the table is copied each time that one has left. */
const FEW = 8
/** Tables of more keys are not copied: it would take a tenth of a millisecond and more at once. */
const MANY = 4096

/**
 * A Set or a Map that keys come to and leave for as long as its owner lives: `table` is for looking and adding,
 * and `delete` for what leaves.
 *
 * V8 makes another table when one becomes empty, or full of what was deleted, and the old one refers
 * to it. Once one of them is in the old generation, scavenges take what it refers to for used, and so each
 * that follows, until the next full collection. Keys are therefore copied to a table that none refers to, in time
 * that deletions have paid for: at each of them while keys are few, and once as many have left as are left.
 */
export class Roster<Key, Table extends Set<Key> | Map<Key, unknown>> {
  #table: Table
  /** Keys that have left this table. */
  #left = 0

  constructor(table: Table) {
    this.#table = table
  }

  /** Another one after `delete`. */
  get table(): Table {
    return this.#table
  }

  delete(key: Key): void {
    const table = this.#table
    if (!table.delete(key)) return
    const { size } = table
    if (++this.#left <= size - FEW || size > MANY) return
    this.#left = 0
    const copy = table instanceof Map ? new Map(table) : new Set(table as Set<Key>)
    this.#table = copy as Table
  }
}
