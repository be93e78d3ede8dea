// A file of its own and blocking: the chosen theme must stand before the first paint, and the
// Content-Security-Policy allows no inline script.
try {
  const theme = JSON.parse(localStorage.getItem('turnscope.preferences') ?? '{}').theme
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage may be forbidden or hold something else: the system's theme stays.
}
