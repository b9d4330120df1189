// The Mandelbrot set as a PNG, computed on all cores
// Arguments: the file (mandelbrot.png), the width in points (1500), its height being two thirds of that

import { createSystem } from '@ringpost/actors'
import { progressBar } from '../progressBar.ts'
import { writePng } from './png.ts'
import { computeRow, type Row } from './rows.ts'

const [file = 'mandelbrot.png', widthText = '1500'] = process.argv.slice(2)
const width = Number(widthText)
const height = Math.round((width * 2) / 3)

await using system = await createSystem()
await using farm = await system.farm()

const startTime = performance.now()
const rows = farm.map(rowsToCompute(), computeRow, { progress: progressBar('Computing', height) })
await writePng(file, width, height, rows)
const seconds = (performance.now() - startTime) / 1000
console.log(
  `${file}: ${width} × ${height} points, ${farm.workers} workers, ${seconds.toFixed(1)} s`,
)

function* rowsToCompute(): Generator<Row> {
  for (let y = 0; y < height; y++) yield { y, width, height }
}
