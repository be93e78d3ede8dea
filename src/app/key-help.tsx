import { setPreferences, usePreferences } from '../state/preferences.ts'
import { isSingle, type Shortcut, useActiveShortcuts } from '../state/shortcuts.ts'
import { Kbd } from '../ui/kbd.tsx'
import { Dialog } from '../ui/overlay/dialog.tsx'
import { Switch } from '../ui/switch.tsx'
import { MOD_KEY } from './app-bar.tsx'

const NAMES: Record<string, string> = {
  Enter: '↵',
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
}

const capOf = (key: string): string =>
  key.startsWith('mod+')
    ? `${MOD_KEY} ${key.slice(4).toUpperCase()}`
    : (NAMES[key] ?? (isSingle(key) ? key.toUpperCase() : key))

const byGroup = (shortcuts: readonly Shortcut[]): [string, Shortcut[]][] => {
  const groups = new Map<string, Shortcut[]>()
  for (const shortcut of shortcuts) {
    const list = groups.get(shortcut.group) ?? []
    if (!list.some(({ label }) => label === shortcut.label)) list.push(shortcut)
    groups.set(shortcut.group, list)
  }
  return [...groups]
}

/** The keys that act on this page, and the switch for single letters. */
export function KeyHelp({ onClose }: { readonly onClose: () => void }) {
  const shortcuts = useActiveShortcuts()
  const { singleKeys, utc } = usePreferences()
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <div className="overflow-auto px-gutter py-3">
        <div className="gap-x-8 wide:columns-2">
          {byGroup(shortcuts).map(([group, list]) => (
            <section key={group} className="mb-4 break-inside-avoid">
              <h3 className="mb-1 text-label font-semibold text-text-2">{group}</h3>
              <dl className="grid gap-1 text-data">
                {list.map(({ label, keys }) => (
                  <div key={label} className="flex items-center gap-3">
                    <dt className={!singleKeys && keys.every(isSingle) ? 'text-text-3 line-through' : ''}>
                      {label}
                    </dt>
                    <dd className="ml-auto flex gap-1">
                      {keys.map((key) => (
                        <Kbd key={key}>{capOf(key)}</Kbd>
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
      </div>
      <footer className="flex flex-none flex-wrap gap-x-6 gap-y-2 border-t border-border-1 bg-surface-0 px-gutter py-2">
        <Switch checked={singleKeys} onChange={(on) => setPreferences({ singleKeys: on })}>
          Single-letter shortcuts
        </Switch>
        <Switch checked={utc} onChange={(on) => setPreferences({ utc: on })}>
          Times in UTC
        </Switch>
      </footer>
    </Dialog>
  )
}
