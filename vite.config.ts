import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where `npm run dev` has the gateway: what the page asks of its own origin is its. */
const gateway = `http://127.0.0.1:${process.env.PORT ?? 4320}`
const GATEWAY_PATHS = ['/api', '/v1', '/healthz', '/livez', '/sign-in', '/sign-out']

/** The kit, the state and the filters that the first page needs, whichever it is. */
const BASE =
  /[\\/]src[\\/](?:ui[\\/](?:icons|button|kbd|link|late-code|notice|skeleton|switch|text-field|overlay[\\/](?:popover|popover-button|menu)\.tsx|text[\\/](?:format|printable-text|quantity))|state[\\/](?:advice|location|queries|preferences|source-context|shortcuts|return-link)|wire[\\/]|domain[\\/](?:query|model|port)|filters[\\/](?:filter-bar|filter-chips|search-field))/

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
            // What every page needs is one file: cut into many, it costs some kB more.
            advancedChunks: { groups: [{ name: 'base', test: BASE }] },
          },
        },
        reportCompressedSize: false,
      },
}))
