import type { AttributeValue } from '../../../../domain/model/span.ts'
import type { AttributeOperator } from '../../../../domain/query/attribute-filter.ts'
import { MAX_VALUE_LENGTH } from '../../../../domain/query/query-params.ts'
import { EVERYTHING } from '../../../../domain/query/trace-query.ts'
import { paths } from '../../../../state/location.ts'
import { useSource } from '../../../../state/source-context.tsx'
import { Icon } from '../../../../ui/icons/icons.tsx'
import { Link } from '../../../../ui/link.tsx'
import { printable } from '../../../../ui/text/printable-text.ts'

/** A value as a filter writes it; undefined where it is structure, nothing, or too long. */
function filterValue(value: AttributeValue): string | undefined {
  if (value === null || typeof value === 'object') return undefined
  const text = String(value)
  return text.trim() === '' || text.length > MAX_VALUE_LENGTH ? undefined : text
}

const WAYS = [
  ['is', 'Traces with this', 'filter'],
  ['not', 'Traces without this', 'close'],
] as const satisfies readonly (readonly [AttributeOperator, string, string])[]

/** Leads to the traces of which a span has this value under this key, and to those of which none has. */
export function AttributeFilter({ name, value }: { readonly name: string; readonly value: AttributeValue }) {
  const { source } = useSource()
  const text = filterValue(value)
  if (text === undefined) return null
  return WAYS.map(([operator, words, icon]) => (
    <Link
      key={operator}
      to={paths.traces(source.info.id, {
        ...EVERYTHING,
        attributes: [{ key: name, operator, values: [text] }],
      })}
      aria-label={`${words} ${printable(name)}`}
      title={`${words} ${printable(name)}`}
      className="text-text-3 hover:text-text-1"
    >
      <Icon name={icon} size="small" />
    </Link>
  ))
}
