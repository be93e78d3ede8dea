import { useEffect, useRef, useState } from 'react'

/** Changes closer to each other than this are one movement, ms. */
const PAUSE = 120

/** A value that follows single changes at once, and a run of them (a key held down) when it ends. */
export function useDebouncedValue<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value)
  const changedAt = useRef(0)
  useEffect(() => {
    const now = performance.now()
    const alone = now - changedAt.current > PAUSE
    changedAt.current = now
    if (alone) {
      setSettled(value)
      return
    }
    const timer = setTimeout(() => setSettled(value), PAUSE)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}
