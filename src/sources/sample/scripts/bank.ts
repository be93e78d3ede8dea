import type { Caller, Data, Line, Script, ToolPlan } from '../exchange.ts'
import { fullName, money } from '../people.ts'

const HOST = 'payments.harborbank.example'

const tool = (name: string, args: Data, result: ToolPlan['result'], seconds: number): ToolPlan => ({
  name,
  arguments: args,
  result,
  seconds,
  host: HOST,
})

const accounts = (caller: Caller): { readonly [key: string]: number } =>
  (caller.data.accounts ?? {}) as { readonly [key: string]: number }

const accountNames = (caller: Caller): readonly string[] => {
  const names = Object.keys(accounts(caller))
  return names.length === 0 ? ['Everyday'] : names
}

const listOf = (data: Data, key: string): readonly string[] => (data[key] ?? []) as readonly string[]

const transfer: Script = (caller) => {
  const { random } = caller
  const payee = fullName(random, random.pick(['pt', 'en', 'es']))
  const first = payee.split(' ')[0] ?? payee
  const from = random.pick(accountNames(caller))
  const amount = random.pick([20, 45, 50, 75.5, 120, 200, 260, 349.9, 800, 1250])
  const balance = (accounts(caller)[from] ?? 900) + amount
  const enough = random.chance(0.85)
  const ask: Line = {
    user: random.pick([
      `I want to send money to ${first}`,
      `can you pay ${payee} please`,
      `transfer to ${first}`,
      `I owe ${first} something, help me send it`,
    ]),
    bot: random.pick([
      `How much would you like to send to ${payee}?`,
      `Happy to. What amount should go to ${payee}?`,
    ]),
    flow: 'transfer_money',
    slots: ['transfer_recipient'],
    tools: [tool('action_find_contact', { name: first }, { id: random.hex(6), name: payee }, 0.18)],
  }
  const check: Line = {
    user: random.pick([`${amount} from my ${from.toLowerCase()}`, `${money(amount)}, out of ${from}`]),
    bot: enough
      ? `Send ${money(amount)} to ${payee} from ${from}? Yes or no.`
      : `There is not enough in ${from} for ${money(amount)}. Would you like to use another account?`,
    flow: 'transfer_money',
    slots: ['transfer_amount', 'transfer_source'],
    tools: [
      tool(
        'action_check_sufficient_funds',
        { account: from, amount },
        { sufficient: enough, available: enough ? balance : amount - 12.4 },
        0.21,
      ),
    ],
  }
  if (!enough) return [ask, check]
  const reference = `HB-${random.int(100_000, 999_999)}`
  const send: Line = {
    user: random.pick([`Yes, send it`, 'yes', 'Yes please, go ahead', `yes, ${money(amount)} to ${first}`]),
    bot: `Done. ${money(amount)} is on its way to ${payee}. The reference is ${reference}.`,
    flow: 'transfer_money',
    slots: ['transfer_confirmed'],
    tools: [
      tool(
        'action_execute_transfer',
        { account: from, amount, to: payee },
        { reference, state: 'booked' },
        0.6,
      ),
    ],
    tags: ['payment'],
    patch: (data) => ({
      ...data,
      accounts: { ...(data.accounts as Data), [from]: Math.round((balance - amount) * 100) / 100 },
      contacts: [...new Set([...listOf(data, 'contacts'), payee])],
      last_transfer: { to: payee, amount, account: from, reference },
    }),
  }
  const doubt: Line = {
    user: random.pick(['did it go through?', 'is it there already?', 'when will it arrive?']),
    bot: random.pick([
      `Yes. It was booked at once and should show on the other side within a minute.`,
      `It is booked. Between banks it takes until the next working day, at most.`,
    ]),
    flow: 'transfer_status',
    tools: [tool('action_transfer_status', { reference }, { reference, state: 'settled' }, 0.24)],
  }
  return random.chance(0.5) ? [ask, check, send] : [ask, check, send, doubt]
}

const balance: Script = (caller) => {
  const { random } = caller
  const account = random.pick(accountNames(caller))
  const amount = accounts(caller)[account] ?? 640.2
  const line: Line = {
    user: random.pick([
      `what is my balance`,
      `how much is left in ${account.toLowerCase()}?`,
      `balance ${account}`,
      `Quanto tenho na conta ${account}?`,
    ]),
    bot: `${account} stands at ${money(amount)}, of which ${money(Math.max(0, amount - 35))} can be used today.`,
    flow: 'check_balance',
    slots: ['account'],
    tools: [tool('action_get_balance', { account }, { account, balance: amount }, 0.16)],
  }
  return [line]
}

const payments: Script = (caller) => {
  const { random } = caller
  const shops = [
    'Mercado Azul',
    'Ruter',
    'Rent',
    'Kiosk 42',
    'Padaria Real',
    'City Power',
    'Bookshop Lume',
    'Farmácia Vida',
    'Bike Share',
  ]
  const rows = random.some(shops, 3).map((shop) => `${shop} ${money(random.between(3, 900))}`)
  return [
    {
      user: random.pick([
        'show my last three payments',
        'what did I pay lately?',
        'last transactions please',
      ]),
      bot: `Your last three: ${rows.join(' · ')}.`,
      flow: 'list_transactions',
      tools: [tool('action_list_transactions', { limit: 3 }, { rows }, 0.33)],
    },
    {
      user: random.pick([
        `I don't recognise ${rows[0]}`,
        `what is ${rows[1]}?`,
        'the second one is not mine',
      ]),
      bot: `I have noted it as disputed. A colleague looks at it within two working days; you keep the money meanwhile.`,
      flow: 'dispute_transaction',
      slots: ['disputed_transaction', 'dispute_reason'],
      tools: [
        tool(
          'action_open_dispute',
          { transaction: rows[0] ?? '' },
          { case: `D-${random.int(1000, 9999)}` },
          0.42,
        ),
      ],
      tags: ['dispute'],
      patch: (data) => ({ ...data, disputes: ((data.disputes as number | undefined) ?? 0) + 1 }),
    },
  ]
}

const blockCard: Script = (caller) => {
  const { random } = caller
  const last = random.int(1000, 9999)
  const lines: Line[] = [
    {
      user: random.pick([
        'block my card please',
        'I lost my card',
        'my card was stolen on the tram',
        'Perdi o meu cartão',
      ]),
      bot: `I am sorry. Is it the card ending ${last}?`,
      flow: 'block_card',
      slots: ['card'],
      tools: [tool('action_list_cards', {}, [{ last_four: last, type: 'debit', state: 'active' }], 0.19)],
    },
    {
      user: random.pick(['yes', 'Yes, that one', `yes ${last}`]),
      bot: `Your card ending ${last} is blocked. Shall I order a new one?`,
      flow: 'block_card',
      slots: ['block_confirmed'],
      tools: [tool('action_block_card', { last_four: last }, { state: 'blocked' }, 0.51)],
      tags: ['card', 'urgent'],
      patch: (data) => ({
        ...data,
        cards: { ...((data.cards ?? {}) as Data), [String(last)]: 'blocked' },
        notes:
          `${(data.notes as string | undefined) ?? ''} Card ${last} reported lost and blocked by the assistant; replacement offered.`.trim(),
      }),
    },
  ]
  if (random.chance(0.6)) {
    lines.push({
      user: random.pick(['yes, to my home address', 'please do', 'no thanks, I will come by']),
      bot: 'All right. It takes three to five working days by post, and your PIN stays the same.',
      flow: 'order_card',
      slots: ['delivery_address'],
      tools: [tool('action_order_card', { replaces: last }, { delivery_days: [3, 5] }, 0.28)],
      patch: (data) => ({ ...data, card_ordered: true }),
    })
  }
  return lines
}

const fees: Script = ({ random }) => {
  const [user, bot, source] = random.pick([
    [
      'is there a fee for transfers?',
      'Transfers between people are free up to 5,000 a day. Above that it is 0.2 %.',
      'fees.md',
    ],
    [
      'what does it cost to withdraw cash abroad?',
      'Outside of the euro area 1.75 % of the amount, and at least 2.50.',
      'cards-abroad.md',
    ],
    [
      'how do I close an account?',
      'In the app under Settings, or in any branch. The balance has to be zero first.',
      'closing.md',
    ],
    [
      'can my daughter have an account?',
      'Yes, from seven years on, with both parents signing. There are no fees until she is 18.',
      'young-people.md',
    ],
  ] as const)
  return [
    {
      user,
      bot,
      flow: 'pattern_search',
      retrieval: {
        query: user,
        documents: [
          { id: source, content: bot, score: random.between(0.78, 0.95) },
          {
            id: 'terms.md',
            content: 'General terms for personal customers, section 4: prices and how they change.',
            score: random.between(0.4, 0.7),
          },
        ],
      },
    },
  ]
}

const closing: Script = ({ random }) => [
  {
    user: random.pick([
      'thanks, that is all',
      'ok bye',
      'obrigada!',
      'great, thank you',
      'that was quick 👍',
    ]),
    bot: random.pick([
      'You are welcome. Have a good day!',
      'Gladly. Come back any time.',
      'De nada. Tenha um bom dia!',
    ]),
    flow: 'goodbye',
  },
]

export const BANK_SCRIPTS: readonly (readonly [Script, number])[] = [
  [transfer, 5],
  [balance, 3],
  [payments, 2],
  [blockCard, 2],
  [fees, 2],
]
export const BANK_CLOSING = closing

/** What is known of a customer before they first write. */
export const bankCustomer = (random: Caller['random'], name: string): Data => ({
  name,
  segment: random.pick(['personal', 'personal', 'student', 'business']),
  accounts: {
    Everyday: random.int(40, 4200) + 0.35,
    Savings: random.int(0, 18_000) + 0.1,
    ...(random.chance(0.4) ? { [random.pick(['Household', 'Travel'])]: random.int(100, 2600) } : {}),
  },
  contacts: random.chance(0.5) ? [fullName(random, 'pt')] : [],
  verified: true,
})
