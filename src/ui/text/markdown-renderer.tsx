import { isValidElement, type ReactNode } from 'react'
import ReactMarkdown, { type Components } from 'react-markdown'
import { type Alignment, type MarkdownTable, splitTables } from './markdown-tables.ts'

const MOST_ROWS = 100

const SAFE_LINK = /^(?:https?:\/\/|mailto:)/i

/** Where a link leads, whole and decoded nowhere; '' for what is not followed. */
const safeUrl = (url: string): string => (SAFE_LINK.test(url.trim()) ? url.trim() : '')

/** The host a link leads to, or all of it where it names none. */
const targetOf = (href: string): string => (URL.canParse(href) && new URL(href).host) || href

const textOf = (node: ReactNode): string => {
  if (typeof node === 'string' || typeof node === 'number') return String(node)
  if (Array.isArray(node)) return node.map(textOf).join('')
  return isValidElement<{ children?: ReactNode }>(node) ? textOf(node.props.children) : ''
}

const COMPONENTS: Components = {
  a: ({ href, children }) => {
    // Not followed: shown as it was written.
    if (!href) return <span>{children}</span>
    const shown = textOf(children)
    return (
      <>
        <a href={href} title={href} target="_blank" rel="noopener noreferrer nofollow">
          {children}
        </a>
        {!href.includes(shown.trim()) && <span className="text-label text-text-3"> ({targetOf(href)})</span>}
      </>
    )
  },
  // Nothing is fetched because a bot wrote an address.
  img: ({ alt, src }) => (
    <span className="text-text-3">
      [image{alt ? `: ${alt}` : ''}
      {typeof src === 'string' && src !== '' ? ` ${src.slice(0, 200)}` : ''}]
    </span>
  ),
}

/** A cell is one line: no paragraph of its own. */
const IN_CELLS: Components = { ...COMPONENTS, p: ({ children }) => children }

const Prose = ({
  text,
  components = COMPONENTS,
}: {
  readonly text: string
  readonly components?: Components
}) => (
  <ReactMarkdown components={components} urlTransform={(url, key) => (key === 'src' ? url : safeUrl(url))}>
    {text}
  </ReactMarkdown>
)

const cellStyle = (align: Alignment) => (align === undefined ? undefined : { textAlign: align })

function Table({ head, align, rows }: MarkdownTable) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <section className="overflow-x-auto" tabIndex={0} aria-label="Table">
      <table className="border-collapse text-data [&_:is(th,td)]:border [&_:is(th,td)]:border-border-1 [&_:is(th,td)]:px-2 [&_:is(th,td)]:py-0.5 [&_:is(th,td)]:text-start [&_:is(th,td)]:align-top">
        <thead>
          <tr>
            {head.map((cell, column) => (
              <th key={column} scope="col" style={cellStyle(align[column])}>
                <Prose text={cell} components={IN_CELLS} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map((row, place) => (
            <tr key={place}>
              {row.map((cell, column) => (
                <td key={column} style={cellStyle(align[column])}>
                  <Prose text={cell} components={IN_CELLS} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST_ROWS && (
        <p className="text-label text-text-3">
          {MOST_ROWS} of {rows.length} rows; the plain text has all.
        </p>
      )}
    </section>
  )
}

/** Markdown as React elements: no HTML, no images, links only where they are http, https or mailto. */
export function MarkdownRenderer({ text }: { readonly text: string }) {
  return splitTables(text).map((part, place) =>
    part.is === 'table' ? <Table key={place} {...part.table} /> : <Prose key={place} text={part.text} />,
  )
}
