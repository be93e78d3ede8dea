import * as z from 'zod/mini'
import type { Micros } from '../domain/model/units.ts'

// Compiled schemas need `eval`, which the page's Content-Security-Policy forbids.
z.config({ jitless: true })

/** A schema whose output is a type of the domain. */
export type Reads<Output> = z.ZodMiniType<Output>

/** An object whose every property is read: one that is new to the domain's type must be added here. */
export const whole =
  <Output extends object>() =>
  <Shape extends { [Key in keyof Required<Output>]: z.ZodMiniType }>(shape: Shape) =>
    z.object(shape)

export const optional = z.exactOptional
export const branded = <Output extends number | string>(schema: z.ZodMiniType<number | string>) =>
  schema as unknown as Reads<Output>

export const time = branded<Micros>(z.number())
export const names = z.array(z.string())
