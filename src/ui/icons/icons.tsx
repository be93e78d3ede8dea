import { ICON_PATHS, type IconName } from './icon-paths.tsx'

const SIZES = { regular: 14, small: 12, tiny: 10 } as const

export interface IconProps {
  readonly name: IconName
  /** 14, 12 (inside text) or 10 px. */
  readonly size?: keyof typeof SIZES
  readonly className?: string
}

/** A decoration: hidden from assistive technology. Give the word or the label beside it. */
export function Icon({ name, size = 'regular', className = '' }: IconProps) {
  const px = SIZES[size]
  return (
    <svg
      viewBox="0 0 16 16"
      width={px}
      height={px}
      fill="none"
      stroke="currentColor"
      strokeWidth={1.5}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      className={`flex-none ${className}`}
    >
      {ICON_PATHS[name]}
    </svg>
  )
}

/** Text colour by status word; `warn` is for what was slow or recovered. */
export const STATUS_TEXT = {
  ok: 'text-ok',
  error: 'text-error',
  warn: 'text-warn',
  pending: 'text-pending',
} as const

/** A status as its glyph, its word for screen readers and in the title. */
export function StatusIcon({ status, size }: { status: keyof typeof STATUS_TEXT; size?: IconProps['size'] }) {
  return (
    <span className={`inline-flex align-[-2px] ${STATUS_TEXT[status]}`} title={status}>
      <Icon name={status} size={size ?? 'regular'} />
      <span className="sr-only">{status}</span>
    </span>
  )
}

/** Text colour (and, by currentColor, bar colour) of each kind of span. */
export const KIND_TEXT = {
  message: 'text-kind-message',
  generation: 'text-kind-generation',
  tool: 'text-kind-tool',
  agent: 'text-kind-agent',
  retrieval: 'text-kind-retrieval',
  router: 'text-kind-router',
  chain: 'text-kind-chain',
  embedding: 'text-kind-embedding',
  system: 'text-kind-system',
  feedback: 'text-kind-system',
  custom: 'text-kind-system',
} as const

/** A span's kind as its glyph, its word for screen readers and in the title. */
export function KindIcon({ kind, size }: { kind: keyof typeof KIND_TEXT; size?: IconProps['size'] }) {
  return (
    <span className={`inline-flex align-[-2px] ${KIND_TEXT[kind]}`} title={kind}>
      <Icon name={kind} size={size ?? 'regular'} />
      <span className="sr-only">{kind}</span>
    </span>
  )
}
