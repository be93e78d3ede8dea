import { type ReactNode, Suspense, useEffect } from 'react'
import type { TraceId } from '../../../domain/model/units.ts'
import { paths } from '../../../state/location.ts'
import { setPreferences, usePreferences } from '../../../state/preferences.ts'
import { useSource } from '../../../state/source-context.tsx'
import { lateComponent } from '../../../ui/late-code.ts'
import { SplitPane } from '../../../ui/split-pane.tsx'
import type { RowSelection } from '../table/use-row-selection.ts'

const loadPeek = async () => (await import('./peek-panel.tsx')).PeekPanel
const PeekPanel = lateComponent(loadPeek)
const RecipesPanel = lateComponent(async () => (await import('./recipes-panel.tsx')).RecipesPanel)

/** px */
const INITIAL = { beside: 392, below: 300 }

/** What says that somebody is about to peek: a pointer over a row, or any key. */
const opens = (event: Event): boolean =>
  event.type === 'keydown' ||
  (event.target instanceof Element && event.target.closest('[data-trace]') !== null)

/** Fetches the peek's code ahead of the first peek, and not before anybody is there to peek. */
export function usePeekPrefetch(): void {
  useEffect(() => {
    const stop = new AbortController()
    const onSign = (event: Event) => {
      if (!opens(event)) return
      stop.abort()
      void loadPeek().catch(() => undefined)
    }
    for (const type of ['keydown', 'pointerover', 'focusin'] as const)
      document.addEventListener(type, onSign, { capture: true, passive: true, signal: stop.signal })
    return () => stop.abort()
  }, [])
}

/** The list, and beside or below it the peek at a trace or the recipes. */
export function WithSidePanel({
  shows,
  peek,
  selection,
  wide,
  now,
  onRecipesClose,
  children,
}: {
  readonly shows: 'peek' | 'recipes' | undefined
  readonly peek: TraceId | undefined
  readonly selection: RowSelection
  readonly wide: boolean
  readonly now: number
  readonly onRecipesClose: () => void
  readonly children: ReactNode
}) {
  const { source } = useSource()
  const { panes } = usePreferences()
  const direction = wide ? 'beside' : 'below'
  const name = `peek-${direction}`
  const { selected, canStep, step, close } = selection
  return (
    <SplitPane
      label={shows === 'recipes' ? 'Recipes' : 'Peek'}
      direction={direction}
      size={panes[name] ?? INITIAL[direction]}
      initial={INITIAL[direction]}
      min={wide ? 300 : 160}
      max={wide ? 720 : 560}
      onResize={(size) => setPreferences({ panes: { ...panes, [name]: size } })}
      className="flex-1 border-t border-border-1"
      pane={
        shows === 'peek' && peek !== undefined ? (
          <Suspense>
            <PeekPanel
              id={peek}
              summary={selected}
              href={paths.trace(source.info.id, peek)}
              onNext={canStep(1) ? () => step(1) : undefined}
              onPrevious={canStep(-1) ? () => step(-1) : undefined}
              onClose={close}
              now={now}
            />
          </Suspense>
        ) : shows === 'recipes' ? (
          <Suspense>
            <RecipesPanel onClose={onRecipesClose} />
          </Suspense>
        ) : undefined
      }
    >
      {children}
    </SplitPane>
  )
}
