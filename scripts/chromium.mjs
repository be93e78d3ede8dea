// Finds a Chromium for the browser tests; run by itself it also installs Debian's package where it may.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

/** Path of a Chromium: CHROMIUM_PATH, else Playwright's own download, else one of the system's; else undefined. */
export function findChromium() {
  const given = process.env.CHROMIUM_PATH
  if (given) {
    if (!existsSync(given)) throw new Error(`CHROMIUM_PATH=${given}: no such file`)
    return given
  }
  const own = chromium.executablePath()
  if (own && existsSync(own)) return own
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((path) => existsSync(path))
}

function installDebianPackage() {
  const mayInstall =
    process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  if (!mayInstall) return
  console.log('No Chromium found: installing the package chromium')
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const run = (...parameters) =>
    spawnSync('apt-get', parameters, { stdio: ['ignore', 'ignore', 'inherit'], env: environment })
  run('update')
  run('install', '-y', '--no-install-recommends', 'chromium', 'fonts-liberation')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!findChromium()) installDebianPackage()
  const found = findChromium()
  if (!found) {
    console.error(
      'The browser tests need Chromium: run "npx playwright install chromium", or install your system\'s package\n' +
        '(Debian, Ubuntu: apt-get install chromium), or name one with CHROMIUM_PATH.',
    )
    process.exit(1)
  }
  console.log(`Chromium: ${found}`)
}
