import { isValidElement, type ReactNode } from 'react'
import ReactMarkdown, { type Components } from 'react-markdown'

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

/** Markdown as React elements: no HTML, no images, links only where they are http, https or mailto. */
export function MarkdownRenderer({ text }: { readonly text: string }) {
  return (
    <ReactMarkdown components={COMPONENTS} urlTransform={(url, key) => (key === 'src' ? url : safeUrl(url))}>
      {text}
    </ReactMarkdown>
  )
}
