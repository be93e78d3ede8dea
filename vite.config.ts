import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where `npm run dev` has the gateway: what the page asks of its own origin is its. */
const gateway = `http://127.0.0.1:${process.env.PORT ?? 4320}`
const GATEWAY_PATHS = ['/api', '/v1', '/healthz', '/livez', '/sign-in', '/sign-out']

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
        reportCompressedSize: false,
      },
}))
