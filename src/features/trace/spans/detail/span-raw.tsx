import type { AttributeValue, SpanDetail } from '../../../../domain/model/span.ts'
import { RawJson } from '../../../../ui/json/raw-json.tsx'
import { SectionHead } from '../../section.tsx'
import { unpacked } from './json-in-text.ts'

function Part({ title, value }: { readonly title: string; readonly value: AttributeValue }) {
  return (
    <section className="border-b border-border-1 px-gutter pt-2.5 pb-3">
      <SectionHead title={title} level={3} />
      <RawJson value={value} label={title.toLowerCase()} />
    </section>
  )
}

/** Input and output as JSON, then all that was recorded of the span. */
export function SpanRaw({ detail }: { readonly detail: SpanDetail }) {
  const { meaning, span, logs } = detail
  const { attributes, resource, scope, events, links, ...rest } = span
  const whole = {
    ...rest,
    attributes,
    resource,
    scope,
    events,
    links,
    ...(logs && { logs }),
  } as unknown as AttributeValue
  return (
    <>
      <Part title="Input" value={unpacked(meaning.tool?.arguments ?? meaning.input ?? null)} />
      <Part title="Output" value={unpacked(meaning.tool?.result ?? meaning.output ?? null)} />
      <Part title="The span as recorded" value={whole} />
    </>
  )
}
