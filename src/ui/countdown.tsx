import { useEffect, useState } from 'react'

/** Whole seconds left of so many ms, counted from when it is first shown; begins anew where `since` is another. */
function useSecondsLeft(ms: number, since: unknown): number {
  const [left, setLeft] = useState(Math.ceil(ms / 1000))
  useEffect(() => {
    void since
    const end = Date.now() + ms
    const tell = () => setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1000)))
    tell()
    const timer = setInterval(tell, 250)
    return () => clearInterval(timer)
  }, [ms, since])
  return left
}

/** How long there is to wait, second by second; `over` once it has passed. */
export function Countdown({
  ms,
  since,
  over,
  children,
}: {
  readonly ms: number
  /** What began the waiting. */
  readonly since: unknown
  readonly over: string
  readonly children: (seconds: number) => string
}) {
  const left = useSecondsLeft(ms, since)
  return <span role="timer">{left > 0 ? children(left) : over}</span>
}
