/** The next moment that a number can tell from this one: past the year 2255 that is 2 µs later. */
export const after = (time: number): number => (Number.isSafeInteger(time + 1) ? time + 1 : time + 2)
