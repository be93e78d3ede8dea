import type { ReactNode } from 'react'
import type { AttributeValue, RetrievedDocument, SpanDetail } from '../../../../domain/model/span.ts'
import { CopyLink } from '../../../../ui/copy-button.tsx'
import { jsonText } from '../../../../ui/json/json-lines.ts'
import { JsonView } from '../../../../ui/json/json-view.tsx'
import { durationText, formatCost, formatCount } from '../../../../ui/text/format.ts'
import { LongText } from '../../../../ui/text/long-text.tsx'
import { printable } from '../../../../ui/text/printable-text.ts'
import { SectionHead } from '../../section.tsx'
import { ExceptionView } from './exception-view.tsx'
import { Pair, Pairs } from './key-values.tsx'
import { ReadableValue } from './readable-value.tsx'
import { RecordedValue } from './recorded-value.tsx'

function Section({
  title,
  label,
  action,
  children,
}: {
  readonly title: string
  readonly label?: ReactNode
  readonly action?: ReactNode
  readonly children: ReactNode
}) {
  return (
    <section className="border-b border-border-1 px-gutter pt-2.5 pb-3">
      <SectionHead title={title} level={3} {...(label !== undefined && { label })}>
        {action}
      </SectionHead>
      {children}
    </section>
  )
}

const copyText = (value: AttributeValue): string => (typeof value === 'string' ? value : jsonText(value))

function ValueSection({
  title,
  value,
  after,
  earlier,
  missing,
}: {
  readonly title: string
  readonly value: AttributeValue | undefined
  readonly after?: AttributeValue | undefined
  readonly earlier?: readonly AttributeValue[] | undefined
  readonly missing: string
}) {
  if (value === undefined)
    return (
      <Section title={title}>
        <p className="text-data text-text-2">{missing}</p>
      </Section>
    )
  return (
    <Section
      title={title}
      action={
        <CopyLink label={`Copy the ${title.toLowerCase()}`} text={() => copyText(value)}>
          Copy
        </CopyLink>
      }
    >
      <ReadableValue value={value} {...(after !== undefined && { after })} earlier={earlier} />
    </Section>
  )
}

const USAGE = [
  ['inputTokens', 'input tokens'],
  ['cachedTokens', 'of these cached'],
  ['outputTokens', 'output tokens'],
  ['reasoningTokens', 'of these reasoning'],
  ['totalTokens', 'total tokens'],
] as const

/** The model that was called, how, and what it took. */
function ModelSection({ detail }: { readonly detail: SpanDetail }) {
  const { model, provider, parameters, usage, cost, timeToFirstToken, agent } = detail.meaning
  const facts: readonly (readonly [string, string])[] = [
    ...(model === undefined ? [] : [['model', model] as const]),
    ...(provider === undefined ? [] : [['provider', provider] as const]),
    ...(agent === undefined ? [] : [['agent', agent] as const]),
    ...USAGE.flatMap(([name, label]) => {
      const count = usage?.[name]
      return count === undefined ? [] : [[label, formatCount(count)] as const]
    }),
    ...(cost === undefined ? [] : [['cost', formatCost(cost)] as const]),
    ...(timeToFirstToken === undefined
      ? []
      : [['first token after', durationText(timeToFirstToken)] as const]),
    ...Object.entries(parameters ?? {})
      .filter(([name]) => name !== 'model')
      .map(([name, value]) => [name, copyText(value)] as const),
  ]
  if (facts.length === 0) return null
  const isCall = detail.outline.kind === 'generation' || detail.outline.kind === 'embedding'
  return (
    <Section title={model === undefined && agent !== undefined ? 'Agent' : 'Model'}>
      <Pairs>
        {facts.map(([name, text], at) => (
          <Pair key={`${at} ${name}`} name={name}>
            <bdi>{printable(text)}</bdi>
          </Pair>
        ))}
      </Pairs>
      {isCall && usage === undefined && (
        <p className="mt-1 text-label text-text-3">Tokens were not recorded.</p>
      )}
    </Section>
  )
}

function DocumentItem({ document }: { readonly document: RetrievedDocument }) {
  const { id, content, score, metadata } = document
  return (
    <li className="border-t border-border-1 py-1.5 first:border-t-0">
      <p className="flex gap-3 font-mono text-code text-text-3">
        {score !== undefined && <b className="text-text-1">{score.toFixed(3)}</b>}
        {id !== undefined && <bdi className="cut">{printable(id)}</bdi>}
      </p>
      {content !== undefined && <LongText text={content} first={600} className="text-data" />}
      {metadata !== undefined && metadata !== null && <JsonView value={metadata} label="Document metadata" />}
    </li>
  )
}

const MOST_DOCUMENTS = 100

function Documents({ documents }: { readonly documents: readonly RetrievedDocument[] }) {
  const scored = documents.some((document) => document.score !== undefined)
  return (
    <Section
      title="Documents"
      label={`${documents.length}${scored ? ', each with its score' : ', scores not recorded'}`}
    >
      <ol>
        {documents.slice(0, MOST_DOCUMENTS).map((document, at) => (
          <DocumentItem key={`${document.id ?? ''} ${at}`} document={document} />
        ))}
      </ol>
      {documents.length > MOST_DOCUMENTS && (
        <p className="text-label text-text-3">The first {MOST_DOCUMENTS}. All stand in Raw JSON.</p>
      )}
    </Section>
  )
}

const outputMissing = (detail: SpanDetail): string => {
  if (detail.outline.state === 'running') return 'The span has not ended.'
  return detail.meaning.error ? 'None recorded: the span ended with the failure above.' : 'None recorded.'
}

/** What the span did, in the order in which one asks: what failed, what went in, what came out, with what. */
export function SpanReadable({
  detail,
  earlier,
  children,
}: {
  readonly detail: SpanDetail
  /** What the model call before was given and gave: what is repeated of it is folded. */
  readonly earlier?: readonly AttributeValue[] | undefined
  /** What explains the span further, at the end. */
  readonly children?: ReactNode
}) {
  const { meaning, span } = detail
  const { tool } = meaning
  const input = tool?.arguments ?? meaning.input ?? meaning.query
  const output = tool?.result ?? meaning.output
  const { record } = meaning
  const quiet = input === undefined && output === undefined && !meaning.error
  return (
    <>
      {span.problems?.map((problem) => (
        <p key={problem} className="border-b border-border-1 px-gutter py-1.5 text-data text-warn">
          {printable(problem)}
        </p>
      ))}
      {meaning.error && (
        <ExceptionView
          error={meaning.error}
          after={span.duration === null ? 'an unknown time' : durationText(span.duration)}
        />
      )}
      {quiet ? (
        !record && (
          <Section title="Input and output">
            <p className="text-data text-text-2">None recorded for this span.</p>
          </Section>
        )
      ) : (
        <>
          <ValueSection
            title={tool ? 'Arguments' : meaning.query === undefined ? 'Input' : 'Query'}
            value={input}
            earlier={earlier}
            missing="None recorded."
          />
          {!(meaning.documents && output === undefined) && (
            <ValueSection
              title={tool ? 'Result' : 'Output'}
              value={output}
              after={input}
              missing={outputMissing(detail)}
            />
          )}
        </>
      )}
      {meaning.documents && <Documents documents={meaning.documents} />}
      {record && (
        <Section title={record.title}>
          <Pairs>
            {record.facts.map(({ name, value }, at) => (
              <Pair key={`${at} ${name}`} name={printable(name)}>
                <RecordedValue name={name} value={value} />
              </Pair>
            ))}
          </Pairs>
        </Section>
      )}
      {children}
      <ModelSection detail={detail} />
    </>
  )
}
