import type { SourceInfo } from '../domain/port/source-info.ts'
import { paths } from '../state/location.ts'
import { ButtonLink } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'

/** An address that leads nowhere, and where one can go instead. */
export function NotFound({
  what,
  name,
  sources = [],
}: {
  readonly what: 'page' | 'source'
  readonly name?: string
  readonly sources?: readonly SourceInfo[]
}) {
  return (
    <Notice
      heading="h1"
      title={
        what === 'page'
          ? 'There is no such page'
          : name
            ? `There is no source “${name}”`
            : 'There is no source'
      }
      actions={
        sources.length > 0 ? (
          sources.map(({ id, label }) => (
            <ButtonLink key={id} to={paths.traces(id)}>
              Traces of {label}
            </ButtonLink>
          ))
        ) : (
          <ButtonLink to="/">All traces</ButtonLink>
        )
      }
    >
      {what === 'page'
        ? 'The address may be cut short, or come from another version.'
        : 'Sources are set where Turnscope is started: see LANGFUSE_BASE_URL and JAEGER_QUERY_URL in its documentation.'}
    </Notice>
  )
}
