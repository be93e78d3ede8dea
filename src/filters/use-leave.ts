import { type RefObject, useLayoutEffect } from 'react'

/**
 * What an open editor does when it is closed, however that comes about: it applies what is valid of what was
 * typed and gives a sentence on what was not.
 */
export type Leave = () => string | undefined

/** Where the bar finds the open editor's `Leave`. */
export type LeaveSlot = RefObject<Leave | undefined>

/** Puts an editor's `Leave` where the bar finds it, as long as the editor is there. */
export function useLeave(slot: LeaveSlot, leave: Leave): void {
  useLayoutEffect(() => {
    slot.current = leave
    return () => {
      if (slot.current === leave) slot.current = undefined
    }
  })
}
