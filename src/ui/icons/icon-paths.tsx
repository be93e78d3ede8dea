import type { ReactNode } from 'react'

/** Drawn on a 16 grid with a stroke of 1.5, as the tokens' measures want them. */
export const ICON_PATHS = {
  agent: <path d="M3 6.5h10v6H3zM8 6.5V3.6M8 2.6v.1M6 9.4v.3M10 9.4v.3M1.5 8.8v1.6M14.5 8.8v1.6" />,
  chain: <path d="M2 5.5h4.5v5H2zM9.5 5.5H14v5H9.5zM6.5 8h3" />,
  close: <path d="M4 4l8 8M12 4l-8 8" />,
  columns: <path d="M2.5 3.5h11v9h-11zM6.2 3.5v9M9.8 3.5v9" />,
  copy: <path d="M5.5 5.5h7v7h-7zM3.5 10.5v-7h7" />,
  custom: <path d="M8 2.5l5.5 5.5L8 13.5 2.5 8z" />,
  down: <path d="M4 6l4 4 4-4" />,
  download: <path d="M8 2.5v7.5M4.8 7L8 10.2 11.2 7M3 13.2h10" />,
  embedding: (
    <path d="M3.2 3.2v.1M8 3.2v.1M12.8 3.2v.1M3.2 8v.1M8 8v.1M12.8 8v.1M3.2 12.8v.1M8 12.8v.1M12.8 12.8v.1" />
  ),
  enter: <path d="M13 3.2v4.1a2 2 0 0 1-2 2H3.4M6.4 6.3l-3 3 3 3" />,
  error: <path d="M4 4l8 8M12 4l-8 8" />,
  external: <path d="M6 3.5H3.5v9h9V10M9 3.5h3.5V7M12.5 3.5L7.5 8.5" />,
  feedback: <path d="M3.5 14V2.5h8.5L10 5.7l2 3.3H3.5" />,
  filter: <path d="M2.3 3h11.4L9.4 8.1v5L6.6 11.7V8.1z" />,
  fold: <path d="M4 3l4 3.5L12 3M4 13l4-3.5 4 3.5" />,
  generation: <path d="M2.5 4h11M2.5 8h7.5M2.5 12h4M10 10.5h3v3h-3z" />,
  help: <path d="M6 6.2a2 2 0 1 1 2.8 1.9c-.6.3-.8.6-.8 1.2M8 11.8v.1" />,
  keyboard: <path d="M1.8 3.8h12.4v8.4H1.8zM4.6 6.6v.1M7 6.6v.1M9.4 6.6v.1M11.7 6.6v.1M5.2 9.6h5.6" />,
  left: <path d="M10 4l-4 4 4 4" />,
  link: <path d="M6.4 11.2H4.8a3.2 3.2 0 0 1 0-6.4h1.6M9.6 4.8h1.6a3.2 3.2 0 0 1 0 6.4H9.6M5.4 8h5.2" />,
  menu: <path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11" />,
  message: <path d="M2.2 3h11.6v7.6H7.4L4.4 13v-2.4H2.2z" />,
  moon: <path d="M12.8 9.6A5.3 5.3 0 0 1 6.4 3.2a5.3 5.3 0 1 0 6.4 6.4z" />,
  ok: <path d="M3.5 8.6l3 3 6-7.2" />,
  pending: <circle cx="8" cy="8" r="5.2" strokeDasharray="2.6 2.4" />,
  plus: <path d="M8 3.5v9M3.5 8h9" />,
  retrieval: (
    <path d="M2.8 4.2c0-1 2.3-1.9 5.2-1.9s5.2.9 5.2 1.9-2.3 1.9-5.2 1.9-5.2-.9-5.2-1.9zM2.8 4.2v7.6c0 1 2.3 1.9 5.2 1.9s5.2-.9 5.2-1.9V4.2M2.8 8c0 1 2.3 1.9 5.2 1.9s5.2-.9 5.2-1.9" />
  ),
  right: <path d="M6 4l4 4-4 4" />,
  router: <path d="M2 8h4l3.5-4H14M6 8l3.5 4H14" />,
  search: <path d="M2.8 7a4.2 4.2 0 1 0 8.4 0 4.2 4.2 0 1 0-8.4 0M10.2 10.2L13.5 13.5" />,
  'sort-down': <path d="M8 3v10M4.5 9.5L8 13l3.5-3.5" />,
  'sort-up': <path d="M8 13V3M4.5 6.5L8 3l3.5 3.5" />,
  sun: (
    <>
      <circle cx="8" cy="8" r="2.8" />
      <path d="M8 1.6v1.2M8 13.2v1.2M1.6 8h1.2M13.2 8h1.2M3.5 3.5l.8.8M11.7 11.7l.8.8M12.5 3.5l-.8.8M4.3 11.7l-.8.8" />
    </>
  ),
  system: (
    <>
      <circle cx="8" cy="8" r="2.6" />
      <path d="M8 2v2M8 12v2M2 8h2M12 8h2M3.8 3.8l1.4 1.4M10.8 10.8l1.4 1.4M12.2 3.8l-1.4 1.4M5.2 10.8l-1.4 1.4" />
    </>
  ),
  'thumb-down': (
    <path d="M5.2 2.8v6L8 13.4c1.2 0 1.6-.9 1.4-2L9 9.4h3.4c.8 0 1.2-.7 1-1.4l-1-4.2c-.2-.6-.6-1-1.2-1zM5.2 2.8H2.8v6h2.4" />
  ),
  'thumb-up': (
    <path d="M5.2 13.2v-6L8 2.6c1.2 0 1.6.9 1.4 2L9 6.6h3.4c.8 0 1.2.7 1 1.4l-1 4.2c-.2.6-.6 1-1.2 1zM5.2 13.2H2.8v-6h2.4" />
  ),
  tool: (
    <>
      <path d="M8 1.8l5.4 3.1v6.2L8 14.2l-5.4-3.1V4.9z" />
      <circle cx="8" cy="8" r="2.2" />
    </>
  ),
  unfold: <path d="M4 6.5L8 3l4 3.5M4 9.5L8 13l4-3.5" />,
  up: <path d="M4 10l4-4 4 4" />,
  warn: <path d="M8 2.8l6 10.7H2zM8 6.8v3M8 11.6v.1" />,
} satisfies Record<string, ReactNode>

export type IconName = keyof typeof ICON_PATHS
