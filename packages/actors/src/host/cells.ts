import { Cell, type Blueprint } from './cell.ts'

/** The actors of one host. A slot is used again, with another generation. */
export class Cells {
  readonly #cells: (Cell | undefined)[] = [undefined]
  readonly #free: number[] = []
  #generation = 0
  #count = 0

  get count(): number {
    return this.#count
  }

  add(blueprint: Blueprint): Cell {
    const slot = this.#free.pop() ?? this.#cells.length
    this.#generation = (this.#generation + 1) >>> 0
    const cell = new Cell(slot, this.#generation, blueprint)
    this.#cells[slot] = cell
    this.#count++
    return cell
  }

  get(slot: number, generation: number): Cell | undefined {
    const cell = this.#cells[slot]
    return cell?.generation === generation ? cell : undefined
  }

  remove(cell: Cell): void {
    this.#cells[cell.slot] = undefined
    this.#free.push(cell.slot)
    this.#count--
  }

  *[Symbol.iterator](): Iterator<Cell> {
    for (const cell of this.#cells) if (cell !== undefined) yield cell
  }
}
