import { ICON_PATHS, type IconName } from '../../../ui/icon-paths.tsx'

const GLYPHS: readonly IconName[] = [
  'agent',
  'chain',
  'custom',
  'down',
  'embedding',
  'error',
  'feedback',
  'fold',
  'generation',
  'message',
  'pending',
  'retrieval',
  'right',
  'router',
  'system',
  'tool',
  'warn',
]

/** The glyphs of rows, once in the document: painted rows point to them. */
export function SpanSprite() {
  return (
    <svg aria-hidden="true" className="hidden">
      {GLYPHS.map((name) => (
        <symbol key={name} id={`span-${name}`} viewBox="0 0 16 16">
          {ICON_PATHS[name]}
        </symbol>
      ))}
    </svg>
  )
}
