import type { SpanKind } from '../../../../domain/model/span.ts'

/** A name as a row shows it: what stands before is dim and gives way first where room is short. */
export interface NameParts {
  readonly before: string
  readonly main: string
}

const VERB = /^((?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) )(.+)$/
const DOTTED = /^(?:[\w<>-]+\.)*([\w<>-]+\.)([\w<>-]+)$/
const CLASS = /^[A-Z]/
/** Kinds whose first word is the module they belong to rather than a part of their name. */
const MODULES: ReadonlySet<SpanKind> = new Set(['chain', 'system', 'router'])

/** Splits a name: a class, a module or an HTTP verb before what the span did. */
export const nameParts = (name: string, kind: SpanKind): NameParts => {
  const verb = VERB.exec(name)
  if (verb) return { before: verb[1] ?? '', main: verb[2] ?? '' }
  const dotted = name.length < 200 ? DOTTED.exec(name) : null
  const [, owner = '', main = ''] = dotted ?? []
  const long = name.length > owner.length + main.length
  if (!dotted || (!long && (kind === 'generation' || !(CLASS.test(owner) || MODULES.has(kind)))))
    return { before: '', main: name }
  return { before: owner, main }
}
