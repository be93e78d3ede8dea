/**
 * A small seeded generator (sfc32): the same seed gives the same sequence on every platform, because
 * nothing but 32-bit integer arithmetic is used.
 */
export class Random {
  private a: number
  private b: number
  private c: number
  private counter = 1

  constructor(seed: number, stream = 0) {
    this.a = seed | 0
    this.b = (seed / 0x1_0000_0000) | 0
    this.c = stream | 0
    for (let i = 0; i < 15; i++) this.bits()
  }

  /** 32 random bits as an unsigned integer. */
  bits(): number {
    const sum = (this.a + this.b + this.counter) | 0
    this.counter = (this.counter + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum
    this.c |= 0
    return sum >>> 0
  }

  /** A number in [0, 1). */
  unit(): number {
    return this.bits() / 0x1_0000_0000
  }

  /** A number in [low, high). */
  between(low: number, high: number): number {
    return low + this.unit() * (high - low)
  }

  /** An integer in [low, high], both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.unit() * (high - low + 1))
  }

  /** Mostly near `low`, seldom near `high`: the shape of response times. */
  skewed(low: number, high: number): number {
    const unit = this.unit()
    return low + unit * unit * unit * (high - low)
  }

  chance(probability: number): boolean {
    return this.unit() < probability
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.unit() * items.length)]
    if (item === undefined) throw new RangeError('nothing to pick from')
    return item
  }

  /** One of the items, each as likely as its weight says. */
  weighted<Item>(items: readonly (readonly [item: Item, weight: number])[]): Item {
    let left = this.unit() * items.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [item, weight] of items) {
      left -= weight
      if (left < 0) return item
    }
    return this.pick(items)[0]
  }

  /** `count` different items, in their own order. */
  some<Item>(items: readonly Item[], count: number): readonly Item[] {
    const left = items.map((_, index) => index)
    while (left.length > count) left.splice(Math.floor(this.unit() * left.length), 1)
    return left.map((index) => items[index] as Item)
  }

  /** Lower-case hex digits, never all zero. */
  hex(digits: number): string {
    let text = ''
    while (text.length < digits) text += this.bits().toString(16).padStart(8, '0')
    const cut = text.slice(0, digits)
    return /[1-9a-f]/.test(cut) ? cut : `${cut.slice(1)}1`
  }
}
