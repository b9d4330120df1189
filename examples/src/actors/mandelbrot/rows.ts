import { defineTask } from '@ringpost/actors'
import { colourOf } from './colours.ts'

/** The part of the plane that the picture shows. */
const centre = { x: -0.6, y: 0 }
const planeWidth = 3

/** Points that have not left after so many steps never will, for all that the picture tells. */
const mostSteps = 1000

/** A row of a picture's points. */
export interface Row {
  y: number
  width: number
  height: number
}

/** Computes the colours of a row: red, green and blue of each point. */
export const computeRow = defineTask(
  import.meta.url,
  'compute row',
  ({ y, width, height }: Row): Uint8Array => {
    const colours = new Uint8Array(width * 3)
    const scale = planeWidth / width
    const imaginary = centre.y + (y - height / 2) * scale
    for (let x = 0; x < width; x++) {
      const real = centre.x + (x - width / 2) * scale
      colours.set(colourOf(stepsToLeave(real, imaginary) / mostSteps), x * 3)
    }
    return colours
  },
)

/** How many times z becomes z² + c before it is so large that it only grows. */
function stepsToLeave(real: number, imaginary: number): number {
  let [x, y, steps] = [0, 0, 0]
  for (; steps < mostSteps && x * x + y * y <= 4; steps++)
    [x, y] = [x * x - y * y + real, 2 * x * y + imaginary]
  return steps
}
