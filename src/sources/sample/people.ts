import type { Random } from './random.ts'

const GIVEN: Readonly<Record<string, readonly string[]>> = {
  pt: [
    'Ana',
    'Bruno',
    'Camila',
    'Davi',
    'Elisa',
    'Fábio',
    'Gabriela',
    'Heitor',
    'Larissa',
    'Marta',
    'Otávio',
    'Rafaela',
  ],
  en: [
    'Amelia',
    'Callum',
    'Edith',
    'Femi',
    'Grace',
    'Harriet',
    'Imran',
    'Jonas',
    'Kemi',
    'Liam',
    'Noor',
    'Priya',
    'Ruth',
    'Tom',
  ],
  de: ['Anneliese', 'Bernd', 'Clara', 'Dirk', 'Friederike', 'Jörg', 'Lena', 'Matthias', 'Sibel', 'Ute'],
  es: ['Alba', 'Carlos', 'Inés', 'Jorge', 'Lucía', 'Nuria', 'Pablo', 'Rocío', 'Sergio', 'Ximena'],
  fr: ['Aurélie', 'Benoît', 'Chloé', 'Édouard', 'Inès', 'Julien', 'Léa', 'Mathis', 'Noémie'],
  sw: ['Achieng', 'Baraka', 'Wanjiru', 'Juma', 'Khadija', 'Mwangi', 'Njoroge', 'Otieno', 'Zawadi', 'Kamau'],
  ja: ['陽子', '健太', '美咲', '大輔', '由紀'],
}

const FAMILY: Readonly<Record<string, readonly string[]>> = {
  pt: ['Souza', 'Lima', 'Ferreira', 'Azevedo', 'Moraes', 'Teixeira', 'Cardoso'],
  en: ['Okafor', 'Whitfield', 'Marsh', 'Adeyemi', 'Pereira', 'Lindqvist', 'Hughes', 'Rahman', 'Vik', 'Osei'],
  de: ['Brandt', 'Yılmaz', 'Köhler', 'Vogt', 'Reinhardt', 'Schäfer', 'Engel'],
  es: ['Ibáñez', 'Romero', 'Castaño', 'Navarro', 'Quiroga', 'Peña'],
  fr: ['Lefèvre', 'Moreau', 'Garnier', 'Diallo', 'Chevalier', 'Roussel'],
  sw: ['Odhiambo', 'Kariuki', 'Mutua', 'Chebet', 'Hassan', 'Wekesa', 'Nyambura'],
  ja: ['佐藤', '高橋', '中村', '小林', '渡辺'],
}

/** A given name of someone who speaks the language. */
const givenName = (random: Random, language: string): string =>
  random.pick(GIVEN[language] ?? (GIVEN.en as readonly string[]))

/** A full name, written in the order of the language. */
export const fullName = (random: Random, language: string): string => {
  const given = givenName(random, language)
  const family = random.pick(FAMILY[language] ?? (FAMILY.en as readonly string[]))
  return language === 'ja' ? `${family} ${given}` : `${given} ${family}`
}

/** An amount with two decimals and thousands apart, the same on every platform. */
export const money = (amount: number, comma = ',', point = '.'): string => {
  const cents = Math.round(amount * 100)
  const whole = String(Math.floor(cents / 100)).replace(/\B(?=(\d{3})+$)/g, comma)
  return `${whole}${point}${String(cents % 100).padStart(2, '0')}`
}
