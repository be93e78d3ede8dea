import { Suspense, useRef, useState } from 'react'
import { NavLink, useNavigate } from 'react-router-dom'
import { useAnnounced } from '../state/live.ts'
import { paths } from '../state/location.ts'
import { useSource } from '../state/source-context.tsx'
import { IconButton } from '../ui/button.tsx'
import { Icon } from '../ui/icons/icons.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { lateComponent } from '../ui/late-code.ts'
import { Link } from '../ui/link.tsx'
import { Menu } from '../ui/overlay/menu.tsx'
import { useListLinks } from './list-links.ts'
import { ShareButton } from './share-button.tsx'
import { SignOut } from './sign-out.tsx'
import { sourceDetail } from './source-words.ts'
import { useThemeSwitch } from './theme-switch.ts'

const NarrowMenu = lateComponent(async () => (await import('./narrow-menu.tsx')).NarrowMenu)

/** ⌘ where the keyboard has it. */
export const MOD_KEY = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : 'Ctrl'

/** The name and the mark: a clock whose hands show one turn. */
export const Brand = () => (
  <Link
    to="/"
    className="flex items-center gap-[7px] text-prose font-semibold tracking-[-0.01em] text-text-1 hover:no-underline"
  >
    <svg
      viewBox="0 0 16 16"
      width={16}
      height={16}
      fill="none"
      stroke="currentColor"
      strokeWidth={1.5}
      aria-hidden="true"
    >
      <circle cx="8" cy="8" r="6.2" />
      <path d="M8 1.8v6.2l4.4 4.4" className="stroke-accent" strokeLinecap="round" />
    </svg>
    turnscope
  </Link>
)

function SourceSwitcher() {
  const { source, sources } = useSource()
  const navigate = useNavigate()
  const anchor = useRef<HTMLButtonElement>(null)
  const [open, setOpen] = useState(false)
  const { info } = source
  return (
    <>
      <button
        ref={anchor}
        type="button"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={`Source: ${info.label}`}
        onClick={() => setOpen(!open)}
        className="inline-flex h-control items-center gap-1.5 rounded-1 border border-border-2 bg-surface-1 pr-1.5 pl-2 text-data hover:bg-surface-3"
      >
        <b>{info.label}</b>
        <span className="text-text-3 max-[800px]:hidden">{info.about}</span>
        <Icon name="down" size="small" />
      </button>
      {open && (
        <Menu
          anchor={anchor}
          label="Source"
          onClose={() => setOpen(false)}
          items={sources.map(({ id, label, about, state }) => ({
            id,
            label,
            detail: sourceDetail(about, state),
            checked: id === info.id,
            run: () => navigate(paths.traces(id)),
          }))}
        />
      )}
    </>
  )
}

function LiveIndicator() {
  const live = useAnnounced()
  if (!live) return null
  const word = { live: 'Live', paused: 'Paused', offline: 'Offline' }[live.state]
  const dot = { live: 'bg-ok', paused: 'bg-border-control', offline: 'bg-error' }[live.state]
  const fresh = `${live.fresh}${live.more ? '+' : ''} new`
  return (
    <span className="inline-flex h-control items-center gap-1.5 text-data text-text-2">
      <button
        type="button"
        aria-pressed={live.state !== 'paused'}
        onClick={live.toggle}
        title={
          live.state === 'paused'
            ? 'Look for new turns again'
            : 'New turns are announced, never inserted under the pointer'
        }
        className="inline-flex h-control items-center gap-1.5 hover:text-text-1"
      >
        <span aria-hidden="true" className={`size-[7px] rounded-full ${dot}`} />
        {word}
      </button>
      <span role="status" className="contents">
        {live.fresh > 0 && (
          <button
            type="button"
            onClick={live.show}
            title="Show the new turns (N)"
            className="border-l border-border-2 pl-1.5 font-semibold text-accent hover:underline"
          >
            {fresh}
          </button>
        )}
      </span>
    </span>
  )
}

function ThemeToggle() {
  const { dark, toggle } = useThemeSwitch()
  return (
    <IconButton label={dark ? 'Light theme' : 'Dark theme'} onClick={toggle}>
      <Icon name={dark ? 'sun' : 'moon'} />
    </IconButton>
  )
}

/** The bar above every page. */
export function AppBar({
  onPalette,
  onHelp,
}: {
  readonly onPalette: () => void
  readonly onHelp: () => void
}) {
  const links = useListLinks()
  const [menu, setMenu] = useState(false)
  return (
    <>
      <header className="flex h-bar-app flex-none items-center gap-3 max-[640px]:gap-1.5 border-b border-border-1 bg-surface-0 px-gutter whitespace-nowrap">
        <Brand />
        <SourceSwitcher />
        <nav aria-label="Main" className="ml-3 flex gap-4 self-stretch max-[640px]:hidden">
          {links.map(({ name, to }) => (
            <NavLink
              key={name}
              to={to}
              className={({ isActive }) =>
                `relative flex items-center hover:no-underline ${
                  isActive
                    ? 'font-semibold text-text-1 after:absolute after:inset-x-0 after:-bottom-px after:h-0.5 after:bg-accent'
                    : 'text-text-2 hover:text-text-1'
                }`
              }
            >
              {name}
            </NavLink>
          ))}
        </nav>
        <span className="flex-1" />
        <button
          type="button"
          onClick={onPalette}
          aria-label="Search or run a command"
          aria-keyshortcuts="Control+K Meta+K"
          className="inline-flex h-control items-center gap-2 rounded-1 border border-border-2 bg-surface-1 pr-1 pl-2 text-data text-text-3 hover:bg-surface-3 wide:w-[232px] max-[640px]:hidden"
        >
          <Icon name="search" size="small" />
          <span className="hidden wide:inline">Search or run a command</span>
          <span className="ml-auto max-[800px]:hidden">
            <Kbd>{MOD_KEY} K</Kbd>
          </span>
        </button>
        <LiveIndicator />
        <ShareButton />
        <span className="flex gap-3 max-[640px]:hidden">
          <SignOut />
          <ThemeToggle />
          <IconButton label="Keyboard shortcuts (?)" onClick={onHelp}>
            <Icon name="help" />
          </IconButton>
        </span>
        <IconButton
          label="Menu"
          aria-haspopup="dialog"
          onClick={() => setMenu(true)}
          className="min-[641px]:hidden"
        >
          <Icon name="menu" />
        </IconButton>
      </header>
      <Suspense>
        {menu && <NarrowMenu onClose={() => setMenu(false)} onPalette={onPalette} onHelp={onHelp} />}
      </Suspense>
    </>
  )
}
