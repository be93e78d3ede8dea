import type { AttributeValue } from '../../../../domain/model/span.ts'
import { Badge } from '../../../../ui/badge.tsx'
import { JsonView } from '../../../../ui/json/json-view.tsx'
import { LongText } from '../../../../ui/text/long-text.tsx'
import { printable } from '../../../../ui/text/printable-text.ts'

const LONG = 400
/** Members of a list that are shown as words beside each other. */
const MOST_WORDS = 40
const LONGEST_WORD = 80

const isWord = (value: AttributeValue): value is string | number =>
  (typeof value === 'string' && value.length <= LONGEST_WORD) || typeof value === 'number'

const isWords = (value: AttributeValue): value is readonly (string | number)[] =>
  Array.isArray(value) && value.length <= MOST_WORDS && value.every((each: AttributeValue) => isWord(each))

/** A value as a reader would write it: a set of names as names, yes and no, structure as a tree. */
export function RecordedValue({ name, value }: { readonly name: string; readonly value: AttributeValue }) {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (isWords(value))
    return (
      <ul className="flex flex-wrap gap-1">
        {value.map((word, at) => (
          <li key={`${at} ${word}`}>
            <Badge>{printable(String(word))}</Badge>
          </li>
        ))}
      </ul>
    )
  if (typeof value === 'object') return <JsonView value={value} label={printable(name)} />
  return <LongText text={String(value)} first={LONG} />
}
