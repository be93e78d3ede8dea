/**
 * Asks the API as a script does. Asked once more where the connection was reset: one that had been idle may
 * be closed by the gateway just as it is taken up again. Throws with the reply where that is none of 200.
 */
export async function getJson<Body>(url: string): Promise<Body> {
  const reply = await fetch(url).catch(() => fetch(url))
  if (!reply.ok) throw new Error(`${url}: ${reply.status} ${await reply.text()}`)
  return (await reply.json()) as Body
}
