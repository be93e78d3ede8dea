import { Suspense } from 'react'
import { lateComponent } from '../late-code.ts'
import { LongText } from './long-text.tsx'
import { printable } from './printable-text.ts'

/** Longer texts stay plain: a parser must not be what freezes the page. */
const LONGEST_MARKDOWN = 30_000

const SYNTAX = /[*_`#[\]|>~]|^\s*(?:[-+]|\d+[.)])\s|\n\s*\n|<\w/m

/** Whether a text is an object or a list written as JSON. */
const isJson = (text: string): boolean => {
  if (text.length > LONGEST_MARKDOWN || !/^\s*[[{][\s\S]*[\]}]\s*$/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Whether a text looks as if Markdown would change how it reads. */
export const looksLikeMarkdown = (text: string): boolean =>
  text.length <= LONGEST_MARKDOWN && SYNTAX.test(text) && !isJson(text)

const Renderer = lateComponent(async () => (await import('./markdown-renderer.tsx')).MarkdownRenderer)

const PROSE =
  'isolate wrap-anywhere [&_p]:whitespace-pre-line [&_p+*]:mt-2 [&_:is(ul,ol,pre,blockquote,h1,h2,h3,h4)+*]:mt-2 [&>section]:my-2 ' +
  '[&_ul]:list-disc [&_ol]:list-decimal [&_:is(ul,ol)]:ps-4 [&_li]:marker:text-text-3 [&_a]:text-accent ' +
  '[&_:is(h1,h2,h3,h4)]:font-semibold [&_code]:font-mono [&_code]:text-code [&_pre]:overflow-x-auto ' +
  '[&_pre]:rounded-1 [&_pre]:bg-surface-2 [&_pre]:px-2 [&_pre]:py-1.5 [&_blockquote]:border-s-2 ' +
  '[&_blockquote]:border-border-2 [&_blockquote]:ps-2 [&_hr]:my-2 [&_hr]:border-border-1'

/** A message as Markdown (the parser is fetched when first needed) or, with `plain`, as it was written. */
export function Markdown({
  text,
  plain,
  className = '',
}: {
  readonly text: string
  readonly plain: boolean
  readonly className?: string
}) {
  // Markdown would take the indentation of JSON away.
  if (isJson(text)) return <LongText text={text} className={`font-mono text-code ${className}`} />
  if (plain || !looksLikeMarkdown(text)) return <LongText text={text} className={className} />
  return (
    <Suspense fallback={<LongText text={text} className={className} />}>
      <div dir="auto" className={`${PROSE} ${className}`}>
        <Renderer text={printable(text)} />
      </div>
    </Suspense>
  )
}
