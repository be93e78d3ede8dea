/**
 * Waits for work, and gives an event each time that it has gone on for `everyMs` again, so that whoever waits
 * for the whole hears of it. Rejects as the work does.
 */
export async function* whileGoing<Event, Result>(
  work: Promise<Result>,
  everyMs: number,
  event: () => Event,
): AsyncGenerator<Event, Result> {
  const done = work.then((result) => ({ result }))
  // Nobody may be waiting when it fails: what it threw is thrown at the next turn.
  done.catch(() => {})
  for (;;) {
    let timer: NodeJS.Timeout | undefined
    const tick = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, everyMs, undefined)
    })
    try {
      const settled = await Promise.race([done, tick])
      if (settled !== undefined) return settled.result
    } finally {
      clearTimeout(timer)
    }
    yield event()
  }
}
