import { NavLink } from 'react-router-dom'
import { useSource } from '../state/source-context.tsx'
import { Icon, type IconProps } from '../ui/icons/icons.tsx'
import { Dialog } from '../ui/overlay/dialog.tsx'
import { useListLinks } from './list-links.ts'
import { SignOut } from './sign-out.tsx'
import { useThemeSwitch } from './theme-switch.ts'

const ROW = 'flex h-11 w-full items-center gap-3 px-gutter text-left text-prose hover:bg-surface-3'

/** The app bar's ways and actions, where there is no room for them in the bar. */
export function NarrowMenu({
  onClose,
  onPalette,
  onHelp,
}: {
  readonly onClose: () => void
  readonly onPalette: () => void
  readonly onHelp: () => void
}) {
  const { source, sources } = useSource()
  const theme = useThemeSwitch()
  const links = useListLinks()
  const action = (icon: IconProps['name'], label: string, run: () => void) => (
    <button
      type="button"
      className={ROW}
      onClick={() => {
        onClose()
        run()
      }}
    >
      <Icon name={icon} className="text-text-3" />
      {label}
    </button>
  )
  return (
    <Dialog title="Menu" width="screen" onClose={onClose}>
      <div className="overflow-auto py-2">
        <nav aria-label="Pages" className="border-b border-border-1 pb-2">
          {links.map(({ name, to }) => (
            <NavLink key={name} to={to} onClick={onClose} className={`${ROW} text-text-1`}>
              {name}
            </NavLink>
          ))}
        </nav>
        {sources.length > 1 && (
          <nav aria-label="Sources" className="border-b border-border-1 py-2">
            {sources.map(({ id, label, about }) => (
              <NavLink
                key={id}
                to={`/${encodeURIComponent(id)}/traces`}
                onClick={onClose}
                className={`${ROW} text-text-1`}
              >
                <span className="w-3 text-accent">
                  {id === source.info.id && <Icon name="ok" size="small" />}
                </span>
                {label}
                <span className="cut text-text-3">{about}</span>
              </NavLink>
            ))}
          </nav>
        )}
        <div className="pt-2">
          {action('search', 'Search or run a command', onPalette)}
          {action(theme.dark ? 'sun' : 'moon', theme.dark ? 'Light theme' : 'Dark theme', theme.toggle)}
          {action('help', 'Keyboard shortcuts', onHelp)}
          <SignOut className="flex h-11 items-center px-2" />
        </div>
      </div>
    </Dialog>
  )
}
