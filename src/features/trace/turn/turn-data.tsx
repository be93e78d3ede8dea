import type { AttributeValue } from '../../../domain/model/span.ts'
import { CopyLink } from '../../../ui/copy-button.tsx'
import { jsonText } from '../../../ui/json/json-lines.ts'
import { JsonView } from '../../../ui/json/json-view.tsx'
import { SectionHead } from '../section.tsx'

/** A snapshot of data taken at the start of the turn. */
export function TurnData({ title, value }: { readonly title: string; readonly value: AttributeValue }) {
  return (
    <>
      <SectionHead title={title} label="at the start">
        <CopyLink label={`Copy ${title.toLowerCase()} as JSON`} text={() => jsonText(value)}>
          Copy JSON
        </CopyLink>
      </SectionHead>
      <JsonView value={value} label={title} />
    </>
  )
}
