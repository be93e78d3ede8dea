/** Path of a Chromium: CHROMIUM_PATH, else Playwright's own download, else one of the system's; else undefined. */
export function findChromium(): string | undefined
