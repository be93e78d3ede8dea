import { type ReactNode, Suspense, useCallback, useState } from 'react'
import type { SourceInfo } from '../domain/port/source-info.ts'
import { FileDrop } from '../features/import/file-drop.tsx'
import { OpenedFiles } from '../features/import/opened-files.tsx'
import { adviceFor, signInHref } from '../state/advice.ts'
import { type Shortcut, useShortcuts } from '../state/shortcuts.ts'
import { SourceProvider } from '../state/source-context.tsx'
import { Button, buttonClass } from '../ui/button.tsx'
import { lateComponent } from '../ui/late-code.ts'
import { Notice } from '../ui/notice.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { AppBar, Brand } from './app-bar.tsx'
import { ExportBar } from './export-bar.tsx'
import { Palette } from './palette/palette.tsx'
import { TroubleBar } from './trouble-bar.tsx'

const KeyHelp = lateComponent(async () => (await import('./key-help.tsx')).KeyHelp)

/** The frame of every page: app bar above, page below; palette and key help over it. */
export function Shell({
  info,
  sources,
  children,
}: {
  readonly info: SourceInfo
  readonly sources: readonly SourceInfo[]
  readonly children: ReactNode
}) {
  const [open, setOpen] = useState<'palette' | 'help'>()
  const close = useCallback(() => setOpen(undefined), [])
  useShortcuts([
    { keys: ['mod+k'], label: 'Search or run a command', group: 'Everywhere', run: () => setOpen('palette') },
    { keys: ['?'], label: 'Keyboard shortcuts', group: 'Everywhere', run: () => setOpen('help') },
  ] satisfies readonly Shortcut[])
  return (
    <SourceProvider info={info} sources={sources}>
      <div className="relative flex h-dvh flex-col overflow-hidden">
        <AppBar onPalette={() => setOpen('palette')} onHelp={() => setOpen('help')} />
        <TroubleBar />
        {children}
        <ExportBar />
      </div>
      <FileDrop />
      <OpenedFiles />
      {/* At hand at once: what is typed after its key must not be lost while code is fetched. */}
      {open === 'palette' && <Palette onClose={close} onHelp={() => setOpen('help')} />}
      <Suspense>{open === 'help' && <KeyHelp onClose={close} />}</Suspense>
    </SourceProvider>
  )
}

/** The frame of a page that has no source. */
export const Bare = ({ children }: { readonly children: ReactNode }) => (
  <div className="flex h-dvh flex-col">
    <header className="flex h-bar-app flex-none items-center gap-3 border-b border-border-1 bg-surface-0 px-gutter">
      <Brand />
    </header>
    <TroubleBar />
    <main className="min-h-0 flex-1">{children}</main>
  </div>
)

/** While the list of sources is on its way. */
export const SourcesLoading = () => (
  <Bare>
    <div aria-busy="true" className="p-gutter">
      <Skeleton width="240px" />
    </div>
  </Bare>
)

/** Where the gateway does not say which sources there are. */
export function SourcesFailed({ error, retry }: { readonly error: unknown; readonly retry: () => unknown }) {
  const { title, advice, detail, remedy } = adviceFor(error)
  return (
    <Bare>
      <Notice
        alert
        heading="h1"
        title={remedy === 'sign-in' ? 'Sign in' : title}
        detail={detail}
        actions={
          remedy === 'sign-in' ? (
            <a href={signInHref()} className={buttonClass('primary')}>
              Sign in
            </a>
          ) : (
            <Button onClick={() => retry()}>Try again</Button>
          )
        }
      >
        {remedy === 'sign-in' ? 'This Turnscope is shared: it wants the token it was started with.' : advice}
      </Notice>
    </Bare>
  )
}
