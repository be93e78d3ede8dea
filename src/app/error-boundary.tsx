import { Component, type ReactNode } from 'react'
import { Button, buttonClass } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'

interface State {
  readonly error?: Error
}

/** A fault while drawing: says so in place, and how to go on. A key on it starts afresh. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = {}

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  override render() {
    const { error } = this.state
    if (!error) return this.props.children
    // A deployment replaces the files that an open page would load later.
    const stale = /dynamically imported module|module script|Importing a module/i.test(error.message)
    return (
      <Notice
        alert
        heading="h1"
        title={stale ? 'A newer Turnscope was installed' : 'This page could not be drawn'}
        detail={error.message}
        actions={
          <>
            <Button variant="primary" onClick={() => window.location.reload()}>
              Load again
            </Button>
            <a href="/" className={buttonClass()}>
              All traces
            </a>
          </>
        }
      >
        {stale
          ? 'Load the page again to use it.'
          : 'The traces are untouched. Load the page again; if it fails once more, the text below helps to find the fault.'}
      </Notice>
    )
  }
}
