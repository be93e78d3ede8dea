import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A way to a Jaeger on which its older API is not there, as in versions to come. */
export async function withV3Alone(address: string): Promise<{ address: string; close: () => void }> {
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/'
    if (!path.startsWith('/api/v3/')) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found')
      return
    }
    try {
      const reply = await fetch(`${address}${path}`)
      const body = Buffer.from(await reply.arrayBuffer())
      response.writeHead(reply.status, { 'content-type': reply.headers.get('content-type') ?? '' }).end(body)
    } catch {
      response.destroy()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
