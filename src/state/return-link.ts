import { useEffect } from 'react'
import { useLocation } from 'react-router-dom'

export type ListPage = 'traces' | 'sessions' | 'chatbots'

const last = new Map<string, string>()

/** Remembers the list's address with its filters, for the way back up from a page of one thing. */
export function useReturnLink(page: ListPage, source: string): void {
  const { pathname, search } = useLocation()
  useEffect(() => {
    last.set(`${source} ${page}`, `${pathname}${search}`)
  }, [page, source, pathname, search])
}

/** The list as it was last seen since the application was loaded; undefined where it was not. */
export const returnLink = (page: ListPage, source: string): string | undefined =>
  last.get(`${source} ${page}`)
