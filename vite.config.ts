import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where `npm run dev` has the gateway: what the page asks of its own origin is its. */
const gateway = `http://127.0.0.1:${process.env.PORT ?? 4320}`
const GATEWAY_PATHS = ['/api', '/v1', '/healthz', '/livez', '/sign-in', '/sign-out']

/**
 * What the first page needs, whichever it is, as one file: cut by who else uses a module, it is fifteen that cost
 * 6 kB more. What stands here and is wanted late by one page alone is fetched by all.
 */
const BASE = [
  /node_modules\/(?:@tanstack|react|react-dom|react-router|scheduler|use-sync-external-store|zod)\//,
  /src\/(?:wire|domain\/(?:query|model|port))\//,
  /src\/state\/(?:advice|location|queries|preferences|source-context|shortcuts|return-link)/,
  /src\/ui\/(?:icons|button|kbd|link|late-code|notice|skeleton|switch|text-field|text\/(?:format|printable-text|quantity))/,
  /src\/ui\/overlay\/(?:popover|popover-button|menu)\.tsx/,
  /src\/filters\/(?:filter-bar|filter-chips|search-field)/,
  /src\/app\/(?:pages|list-links|theme-switch)/,
  /src\/features\/traces\/(?:traces-page|histogram\/|table\/(?!column-chooser)|list\/(?!empty|list-problems)|peek\/(?:side|use-))/,
]
const isBase = (id: string): boolean => {
  const path = id.replaceAll('\\', '/')
  return BASE.some((part) => part.test(path))
}

export default defineConfig(({ isSsrBuild }) => ({
  plugins: [react(), tailwindcss()],
  publicDir: isSsrBuild ? false : 'public',
  server: { proxy: Object.fromEntries(GATEWAY_PATHS.map((path) => [path, { target: gateway }])) },
  build: isSsrBuild
    ? {
        outDir: 'dist/gateway',
        target: 'node20',
        sourcemap: true,
        minify: false,
      }
    : {
        outDir: 'dist/app',
        // Old enough to serve most, new enough to keep light-dark() as it is written.
        cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
        // A style sheet that comes late and fails is never asked for again; all of them are some kB.
        cssCodeSplit: false,
        // The Content-Security-Policy allows no data: scripts or fonts; a file can be cached.
        assetsInlineLimit: 0,
        rolldownOptions: {
          output: {
            advancedChunks: { groups: [{ name: 'base', test: isBase }] },
          },
        },
        reportCompressedSize: false,
        // Every browser that knows light-dark() preloads modules by itself.
        modulePreload: { polyfill: false },
      },
}))
