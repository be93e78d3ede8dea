import { type Ref, useEffect, useImperativeHandle, useState } from 'react'
import { useNavigate } from 'react-router-dom'
import { EVERYTHING } from '../../domain/query/trace-query.ts'
import { paths } from '../../state/location.ts'
import { chooseFiles } from '../../state/opening/file-import.ts'
import { setPreferences, usePreferences } from '../../state/preferences.ts'
import { useSuggestions } from '../../state/queries.ts'
import { useSource } from '../../state/source-context.tsx'
import { Icon } from '../../ui/icons/icons.tsx'
import { formatCount } from '../../ui/text/format.ts'
import { PAGES } from '../pages.tsx'
import { useThemeSwitch } from '../theme-switch.ts'
import { found, ID_LIKE, type PaletteItem } from './palette-items.ts'

const SHOWN = 12

/** What the typed text could lead to: pages, actions, and what the source knows by that name. */
function useItems(text: string, onHelp: () => void): readonly PaletteItem[] {
  const { source, sources } = useSource()
  const navigate = useNavigate()
  const theme = useThemeSwitch()
  const { utc } = usePreferences()
  const { id, label, capabilities } = source.info
  const typed = text.trim()
  const asked = typed.length > 0 && capabilities.costs.suggest === 'exact'
  const sessions = useSuggestions('session', typed, EVERYTHING, asked).data?.items ?? []
  const chatbots = useSuggestions('chatbot', typed, EVERYTHING, asked).data?.items ?? []
  const participants = useSuggestions('participant', typed, EVERYTHING, asked).data?.items ?? []

  const filtered = (field: 'session' | 'chatbot' | 'participant', value: string) =>
    paths.traces(id, { ...EVERYTHING, conditions: [{ field, operator: 'is', values: [value] }] })
  const known = (['chatbot', 'session', 'participant'] as const).flatMap((field) => {
    const list = { chatbot: chatbots, session: sessions, participant: participants }[field]
    return asked
      ? list.slice(0, 4).map(
          ({ value, count }): PaletteItem => ({
            id: `${field}:${value}`,
            group: 'Traces of',
            label: `${field} ${value}`,
            detail: count === undefined ? '' : formatCount(count),
            icon: 'message',
            run: () => navigate(filtered(field, value)),
          }),
        )
      : []
  })

  const fixed: PaletteItem[] = [
    ...PAGES.filter(({ name, offered }) => name && (offered?.(capabilities) ?? true)).map(
      ({ path, name = '' }): PaletteItem => ({
        id: `page:${path}`,
        group: 'Go to',
        label: name,
        icon: 'right',
        run: () => navigate(`/${encodeURIComponent(id)}/${path}`),
      }),
    ),
    ...sources
      .filter((other) => other.id !== id)
      .map(
        (other): PaletteItem => ({
          id: `source:${other.id}`,
          group: 'Go to',
          label: `Source ${other.label}`,
          icon: 'right',
          run: () => navigate(paths.traces(other.id)),
        }),
      ),
    {
      id: 'failed',
      group: 'Go to',
      label: 'Failed turns of the last 24 hours',
      icon: 'error',
      run: () => navigate(`${paths.traces(id)}?status=error&last=24h`),
    },
    {
      id: 'slow',
      group: 'Go to',
      label: 'Turns over 5 s',
      icon: 'warn',
      run: () => navigate(`${paths.traces(id)}?duration.min=5000`),
    },
    { id: 'open', group: 'Run', label: 'Open a file', icon: 'plus', run: chooseFiles },
    {
      id: 'theme',
      group: 'Run',
      label: theme.dark ? 'Light theme' : 'Dark theme',
      icon: theme.dark ? 'sun' : 'moon',
      run: theme.toggle,
    },
    {
      id: 'utc',
      group: 'Run',
      label: utc ? 'Times in your zone' : 'Times in UTC',
      icon: 'pending',
      run: () => setPreferences({ utc: !utc }),
    },
    { id: 'keys', group: 'Run', label: 'Keyboard shortcuts', icon: 'keyboard', run: onHelp },
  ]

  const byText: PaletteItem[] = typed
    ? [
        {
          id: 'search',
          group: 'Search',
          label: `Turns with “${typed}”`,
          detail: `in ${label}`,
          icon: 'search',
          run: () => navigate(paths.traces(id, { ...EVERYTHING, text: typed })),
        },
      ]
    : []
  const failing: PaletteItem[] = (asked ? chatbots : []).slice(0, 2).map(({ value }) => ({
    id: `failing:${value}`,
    group: 'Go to',
    label: `Failed turns of ${value}, last 24 hours`,
    icon: 'error',
    run: () => navigate(`${filtered('chatbot', value)}&status=error&last=24h`),
  }))
  const people: PaletteItem[] = (asked ? participants : []).slice(0, 3).map(({ value }) => ({
    id: `person:${value}`,
    group: 'Open',
    label: `Participant ${value}`,
    icon: 'message',
    run: () => navigate(paths.participant(id, value)),
  }))
  const byId: PaletteItem[] = ID_LIKE.test(typed)
    ? [
        {
          id: 'trace',
          group: 'Open',
          label: `Trace ${typed}`,
          icon: 'enter',
          run: () => navigate(paths.trace(id, typed)),
        },
        {
          id: 'session',
          group: 'Open',
          label: `Traces of session ${typed}`,
          icon: 'message',
          run: () => navigate(filtered('session', typed)),
        },
      ]
    : []
  const matching = fixed.filter((item) => found(item, typed))
  return [...byId, ...known, ...people, ...failing, ...matching, ...byText]
}

/** What the combobox above asks of its results. */
export interface PaletteKeys {
  readonly move: (step: 1 | -1) => void
  /** Runs the selected result, if there is one. */
  readonly enter: () => void
}

/** What the typed text leads to. Drawn below the palette's field, which has the keys and the focus. */
export function PaletteResults({
  ref,
  list,
  text,
  onActive,
  onClose,
  onHelp,
}: {
  readonly ref: Ref<PaletteKeys>
  /** The id of the list box; the option at n has the id `list-n`. */
  readonly list: string
  readonly text: string
  /** Tells the id of the selected option. */
  readonly onActive: (id: string | undefined) => void
  readonly onClose: () => void
  readonly onHelp: () => void
}) {
  const [at, setAt] = useState({ text, index: 0 })
  const items = useItems(text, onHelp).slice(0, SHOWN)
  // Other words, other results: the first of them is selected again.
  const selected = Math.min(at.text === text ? at.index : 0, items.length - 1)
  const run = (item: PaletteItem | undefined) => {
    if (!item) return
    onClose()
    item.run()
  }
  useImperativeHandle(ref, () => ({
    move: (step) => {
      if (items.length > 0) setAt({ text, index: (selected + step + items.length) % items.length })
    },
    enter: () => run(items[selected]),
  }))
  const active = items[selected] ? `${list}-${selected}` : undefined
  useEffect(() => onActive(active), [onActive, active])
  return (
    <>
      {items.map((item, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the combobox above has the keys and the focus
        <div
          key={item.id}
          id={`${list}-${index}`}
          role="option"
          aria-selected={index === selected}
          onClick={() => run(item)}
          onPointerMove={() => setAt({ text, index })}
          className={`flex h-8 cursor-pointer items-center gap-2 px-gutter text-data ${index === selected ? 'bg-surface-selected' : ''}`}
        >
          <span className="text-text-3">
            <Icon name={item.icon} />
          </span>
          <span className="cut">{item.label}</span>
          {item.detail && <span className="text-text-3">{item.detail}</span>}
          <span className="ml-auto pl-4 text-label text-text-3">{item.group}</span>
        </div>
      ))}
      {items.length === 0 && <p className="px-gutter py-2 text-data text-text-3">No results.</p>}
    </>
  )
}
