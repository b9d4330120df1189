import { describe, expectTypeOf, it } from 'vitest'
import { defineActor, type ActorHandle, type ActorSystem, type StandardSchema } from '../index.ts'

declare const number: StandardSchema<number>
declare const text: StandardSchema<string>
declare const optionalText: StandardSchema<string | undefined>
/** Fields that are missing are filled in. */
declare const filled: StandardSchema<{ size?: number }, { size: number }>
declare const numberOfText: StandardSchema<string, number>
declare const system: ActorSystem

const url = 'file:///drawing.ts'

describe('a schema', () => {
  it('gives the arguments of the factory and of handlers their types', () => {
    const drawing = defineActor(
      url,
      'drawing',
      (_ctx, name) => ({
        draw(size, color) {
          expectTypeOf(size).toEqualTypeOf<number>()
          expectTypeOf(color).toEqualTypeOf<string>()
          return name.length + size
        },
        fill(options) {
          expectTypeOf(options).toEqualTypeOf<{ size: number }>()
        },
        clear() {},
        *steps() {
          yield name
        },
      }),
      {
        schema: { spawn: text, messages: { draw: [number, text], fill: filled, clear: [] } },
      },
    )
    expectTypeOf(system.spawn(drawing, 'a')).resolves.toExtend<ActorHandle<typeof drawing>>()
    // @ts-expect-error the schema takes a text
    void system.spawn(drawing, 1)
    type Asks = ActorHandle<typeof drawing>['ask']
    expectTypeOf<Asks['draw']>().toEqualTypeOf<(size: number, color: string) => Promise<number>>()
    expectTypeOf<keyof Asks>().toEqualTypeOf<'draw' | 'fill' | 'clear'>()
  })

  it('leaves handlers their own types where they take more', () => {
    const drawing = defineActor(
      url,
      'more',
      () => ({ draw: (size: number | bigint, unit?: string) => `${size}${unit}`, other: () => 1 }),
      { schema: { messages: { draw: [number, optionalText] } } },
    )
    type Asks = ActorHandle<typeof drawing>['ask']
    expectTypeOf<Asks['draw']>().parameters.toEqualTypeOf<
      [size: number | bigint, unit?: string | undefined]
    >()
  })

  it('does not compile with other handlers', () => {
    expectTypeOf(text).not.toExtend<StandardSchema<number>>()
    // @ts-expect-error the schema gives a number
    defineActor(url, 'a', () => ({ draw: (size: string) => size }), {
      schema: { messages: { draw: number } },
    })
    // @ts-expect-error there is no handler for it
    defineActor(url, 'b', () => ({ other: () => 1 }), { schema: { messages: { draw: number } } })
    // @ts-expect-error the schema gives a text
    defineActor(url, 'c', (_ctx, start: number) => ({ value: () => start }), {
      schema: { spawn: text },
    })
  })

  it('does not compile if it does not take what it makes', () => {
    expectTypeOf(numberOfText).not.toExtend<StandardSchema<number>>()
    defineActor(url, 'd', (_ctx, size: number) => ({ value: () => size }), {
      // @ts-expect-error senders within the node send numbers
      schema: { spawn: numberOfText },
    })
    defineActor(url, 'e', () => ({ draw: (size: number) => size }), {
      // @ts-expect-error senders within the node send numbers
      schema: { messages: { draw: [numberOfText] } },
    })
  })
})
