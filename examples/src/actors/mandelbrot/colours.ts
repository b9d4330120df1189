type Colour = readonly [red: number, green: number, blue: number]

/** The set itself. */
const inside: Colour = [0, 0, 0]

/**
 * From deep blue by white to gold, and darker again.
 *
 * @param share of the steps that a point took: 1 if it never left
 */
export function colourOf(share: number): Colour {
  if (share >= 1) return inside
  const at = Math.sqrt(share)
  const wave = (phase: number): number => Math.round(127.5 - 127.5 * Math.cos(6 * at + phase))
  return [wave(0), wave(0.4), wave(1.2)]
}
