/** What each word of eight bytes is multiplied by, in halves; the lower one again in halves. */
const HIGH = 0xbf58476d
const LOW = 0x1ce4e5b9
const LOW_UPPER = LOW >>> 16
const LOW_LOWER = LOW & 0xffff
const HALF = 65_536

const WORD = 2n ** 64n - 1n
const MIX = 0xc6a4a7935bd1e995n
const SEED = 0xe17a1465n
const START = 5381n

/** The most bytes of one `update`. */
export const MOST_BYTES_OF_UPDATE = 1024 ** 2

const words = new Uint32Array(MOST_BYTES_OF_UPDATE / 4)
const bytes = new Uint8Array(words.buffer)

/** The last one to seven bytes (MurmurHash64A of a tail). */
function tailHash(tail: Uint8Array): bigint {
  let hash = SEED ^ ((BigInt(tail.length) * MIX) & WORD)
  for (const [index, byte] of tail.entries()) hash ^= BigInt(byte) << BigInt(8 * index)
  hash = (hash * MIX) & WORD
  hash ^= hash >> 47n
  hash = (hash * MIX) & WORD
  return hash ^ (hash >> 47n)
}

/**
 * The engine's checksum of an entry of its log: the words' products, XORed. In halves of 32 bits, because a
 * log of 96 MB is read at the start and arithmetic on BigInt takes twenty times as long.
 */
export class WalChecksum {
  #high = 0
  #low = 0
  #tail = 0n

  /** Every piece but the last is a multiple of eight bytes long, and none is longer than the bound. */
  update(piece: Uint8Array): void {
    bytes.set(piece)
    const length = piece.length >>> 3
    let high = this.#high
    let low = this.#low
    for (let index = 0; index < 2 * length; index += 2) {
      const lower = words[index] as number
      const upper = words[index + 1] as number
      const carried = Math.floor((lower * LOW_UPPER + Math.floor((lower * LOW_LOWER) / HALF)) / HALF)
      high ^= (carried + Math.imul(lower, HIGH) + Math.imul(upper, LOW)) | 0
      low ^= Math.imul(lower, LOW)
    }
    this.#high = high
    this.#low = low
    const rest = piece.subarray(length * 8)
    if (rest.length > 0) this.#tail = tailHash(rest)
  }

  /** As it stands in the log, 64 bits without a sign. */
  digest(): bigint {
    return START ^ ((BigInt(this.#high >>> 0) << 32n) | BigInt(this.#low >>> 0)) ^ this.#tail
  }
}
