import type { Dialect } from '../../src/sources/jaeger/query-api.ts'
import type { Difference } from './differences.ts'
import type { JaegerStorage } from './jaeger-process.ts'

/** Something that Jaeger does not keep, or gives back changed. */
interface DeclaredLoss {
  readonly loss: string
  /** Where it is lost; absent = everywhere. */
  readonly in?: (storage: JaegerStorage, dialect: Dialect) => boolean
  readonly explains: (difference: Difference) => boolean
}

/** Badger keeps what the older API can say, whichever is asked. */
const asLegacy = (storage: JaegerStorage, dialect: Dialect): boolean =>
  storage === 'badger' || dialect === 'legacy'

const at = (...fields: readonly RegExp[]) => {
  return ({ field }: Difference): boolean => fields.some((one) => one.test(field))
}

function isSameAsJson({ given, wanted }: Difference): boolean {
  if (typeof given !== 'string' || typeof wanted !== 'object') return false
  try {
    return JSON.stringify(JSON.parse(given)) === JSON.stringify(wanted)
  } catch {
    return false
  }
}

/** All that differs between what Jaeger 2.13 gives back and what the store shows of the same bytes. */
export const DECLARED: readonly DeclaredLoss[] = [
  {
    loss: 'the schema of a scope',
    explains: at(/^span\.scope\.schemaUrl$/),
  },
  {
    loss: 'when spans arrived: a turn without its root is awaited from when its last span ended',
    explains: (one) => at(/^(trace\.)?status$/)(one) && one.wanted === 'pending',
  },
  {
    loss: 'nothing, but it warns of parents that it has not seen',
    explains: (one) => at(/^span\.problems$/)(one) && JSON.stringify(one.given ?? '').includes('Jaeger: '),
  },
  {
    loss: 'fractions of a microsecond: durations are rounded down by themselves, and one less then',
    in: (_, dialect) => dialect === 'legacy',
    explains: (one) => at(/(^|\.)duration$/)(one) && Number(one.wanted) - Number(one.given) === 1,
  },
  { loss: 'the flags of a span', in: asLegacy, explains: at(/^span\.flags$/) },
  { loss: 'the attributes of a scope', in: asLegacy, explains: at(/^span\.scope\.attributes/) },
  { loss: 'the attributes of a link', in: asLegacy, explains: at(/^span\.links\.attributes/) },
  {
    loss: 'lists and objects in attributes: they are JSON as text',
    in: asLegacy,
    explains: (one) => at(/\.attributes\./)(one) && isSameAsJson(one),
  },
  {
    loss: 'an attribute that is called span.kind',
    in: (storage, dialect) => storage === 'badger' && dialect === 'v3',
    explains: at(/^span\.attributes\.span\.kind$/),
  },
]
