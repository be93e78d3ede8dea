import { type ReactNode, useRef, useState } from 'react'
import { Button, IconButton } from '../../../../ui/button.tsx'
import { Icon } from '../../../../ui/icons/icons.tsx'
import { Kbd } from '../../../../ui/kbd.tsx'
import { useWide } from '../../../../ui/media-query.ts'
import { Menu } from '../../../../ui/overlay/menu.tsx'
import type { MenuItem } from '../../../../ui/overlay/menu-panel.tsx'
import { formatCount } from '../../../../ui/text/format.ts'
import { TextField } from '../../../../ui/text-field.tsx'
import type { SpanFilter } from './span-filter.ts'
import { SpanFilterButton } from './span-filter-button.tsx'
import type { SpanTreeControl } from './use-span-tree.ts'

/** How the waterfall is drawn. */
export interface Drawing {
  readonly colourBy: 'kind' | 'service'
  readonly critical: boolean
  readonly compressGaps: boolean
  readonly withCopies: boolean
}

const LEVELS = [1, 2, 3, 4] as const

function MoreMenu({
  control,
  drawing,
  onDrawing,
  copies,
  zoomed,
  onZoomTo,
  onZoomOut,
}: {
  readonly control: SpanTreeControl
  readonly drawing: Drawing
  readonly onDrawing: (drawing: Drawing) => void
  readonly copies: number
  readonly zoomed: boolean
  readonly onZoomTo: () => void
  readonly onZoomOut: () => void
}) {
  const anchor = useRef<HTMLButtonElement>(null)
  const [open, setOpen] = useState(false)
  const { state, dispatch } = control
  const showLevel = (level: number) => dispatch({ does: 'show-level', level })
  const wide = useWide()
  const items: readonly MenuItem[] = [
    // They have buttons of their own where there is room.
    ...(wide
      ? []
      : [
          {
            id: 'colour',
            label: 'Colour by service',
            checked: drawing.colourBy === 'service',
            run: () =>
              onDrawing({ ...drawing, colourBy: drawing.colourBy === 'service' ? 'kind' : 'service' }),
          },
          {
            id: 'critical',
            label: 'Critical path',
            checked: drawing.critical,
            run: () => onDrawing({ ...drawing, critical: !drawing.critical }),
          },
        ]),
    { id: 'expand', label: 'Expand all', run: () => showLevel(Number.POSITIVE_INFINITY) },
    { id: 'collapse', label: 'Collapse all', run: () => showLevel(0) },
    ...LEVELS.map((level) => ({
      id: `level-${level}`,
      label: `Expand ${level} ${level === 1 ? 'level' : 'levels'}`,
      run: () => showLevel(level),
    })),
    {
      id: 'fold',
      label: 'Group repeated spans',
      detail: 'five or more',
      checked: state.folding,
      run: () => dispatch({ does: 'fold', folding: !state.folding }),
    },
    {
      id: 'gaps',
      label: 'Compress gaps',
      checked: drawing.compressGaps,
      run: () => onDrawing({ ...drawing, compressGaps: !drawing.compressGaps }),
    },
    ...(copies > 0 || drawing.withCopies
      ? [
          {
            id: 'copies',
            label: 'Show duplicate request spans',
            ...(copies > 0 && { detail: String(copies) }),
            checked: drawing.withCopies,
            run: () => onDrawing({ ...drawing, withCopies: !drawing.withCopies }),
          },
        ]
      : []),
    { id: 'zoom', label: 'Zoom to selected span', keys: 'z', run: onZoomTo },
    { id: 'unzoom', label: 'Reset zoom', keys: 'Z', disabled: !zoomed, run: onZoomOut },
  ]
  return (
    <>
      <IconButton
        ref={anchor}
        label="View options"
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name="down" />
      </IconButton>
      {open && (
        <Menu anchor={anchor} label="View options" items={items} align="end" onClose={() => setOpen(false)} />
      )}
    </>
  )
}

const summary = ({ tree, matches }: SpanTreeControl, services: number): string => {
  if (matches) {
    const found = matches.reduce((sum, match) => sum + match, 0)
    return `${formatCount(found)} of ${formatCount(tree.size)} match`
  }
  const failed = tree.errors.length
  const recovered = tree.failures.length - failed
  return [
    `${formatCount(tree.size)} in ${services} ${services === 1 ? 'service' : 'services'}`,
    ...(failed > 0 ? [`${formatCount(failed)} failed`] : []),
    ...(recovered > 0 ? [`${formatCount(recovered)} recovered`] : []),
  ].join(', ')
}

/** What the spans are, how to find one, how to look at them. */
export function SpanToolbar({
  heading,
  control,
  services,
  drawing,
  onDrawing,
  searchField,
  zoomed,
  onZoomTo,
  onZoomOut,
  incomplete,
}: {
  readonly heading: ReactNode
  readonly control: SpanTreeControl
  readonly services: readonly string[]
  readonly drawing: Drawing
  readonly onDrawing: (drawing: Drawing) => void
  readonly searchField: React.RefObject<HTMLInputElement | null>
  readonly zoomed: boolean
  readonly onZoomTo: () => void
  readonly onZoomOut: () => void
  readonly incomplete: boolean
}) {
  const { tree, state, dispatch } = control
  const setFilter = (wanted: SpanFilter) => dispatch({ does: 'filter', filter: wanted })
  const stepError = (by: 1 | -1) => dispatch({ does: 'step-error', by })
  const { filter } = state
  const failures = tree.failures.length > 0
  const allOpen = state.collapsed.size === 0
  return (
    <div className="flex min-h-bar-tool flex-none flex-wrap items-center gap-x-1.5 gap-y-1 border-b border-border-1 pr-2 pl-gutter text-data whitespace-nowrap">
      {heading}
      <span role="status" className="cut text-text-3">
        {summary(control, services.length)}
        {incomplete && ', more may arrive'}
      </span>
      {filter.only && (
        <Button
          aria-label={`Counted in ${filter.only.label}: show all spans again`}
          className="text-accent"
          onClick={() => {
            const { only: _only, ...rest } = filter
            setFilter(rest)
          }}
        >
          Counted in {filter.only.label}
          <Icon name="close" size="tiny" />
        </Button>
      )}
      <span className="flex-1" />
      <TextField
        ref={searchField}
        label="Search spans"
        placeholder="Search spans"
        type="search"
        value={filter.text}
        onChange={(event) => setFilter({ ...filter, text: event.target.value })}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          // The browser itself would empty a search field.
          event.preventDefault()
          event.stopPropagation()
          event.currentTarget.blur()
        }}
        before={<Icon name="search" size="small" />}
        after={filter.text === '' ? <Kbd>/</Kbd> : undefined}
        className="w-[150px] max-[640px]:flex-1"
      />
      <SpanFilterButton tree={tree} services={services} filter={filter} onFilter={setFilter} />
      {/* biome-ignore lint/a11y/useSemanticElements: two buttons of a tool bar are no set of fields */}
      <span
        role="group"
        aria-label="Colour by"
        className="hidden h-control overflow-hidden rounded-1 border border-border-2 wide:inline-flex"
      >
        {(['kind', 'service'] as const).map((by) => (
          <button
            key={by}
            type="button"
            aria-pressed={drawing.colourBy === by}
            className={`px-2 text-data not-first:border-l not-first:border-border-2 ${drawing.colourBy === by ? 'bg-surface-3 font-semibold text-text-1' : 'text-text-2'}`}
            onClick={() => onDrawing({ ...drawing, colourBy: by })}
          >
            {by === 'kind' ? 'Kind' : 'Service'}
          </button>
        ))}
      </span>
      <Button
        variant="ghost"
        aria-pressed={drawing.critical}
        className="max-wide:hidden"
        onClick={() => onDrawing({ ...drawing, critical: !drawing.critical })}
      >
        Critical path
      </Button>
      <IconButton
        label={allOpen ? 'Collapse all' : 'Expand all'}
        onClick={() => dispatch({ does: 'show-level', level: allOpen ? 0 : Number.POSITIVE_INFINITY })}
      >
        <Icon name={allOpen ? 'fold' : 'unfold'} />
      </IconButton>
      <IconButton label="Previous error ([)" disabled={!failures} onClick={() => stepError(-1)}>
        <Icon name="up" />
      </IconButton>
      <IconButton label="Next error (])" disabled={!failures} className="-ml-1" onClick={() => stepError(1)}>
        <Icon name="down" />
      </IconButton>
      <MoreMenu
        control={control}
        drawing={drawing}
        onDrawing={onDrawing}
        copies={tree.hiddenCopies}
        zoomed={zoomed}
        onZoomTo={onZoomTo}
        onZoomOut={onZoomOut}
      />
    </div>
  )
}
