/** Options of every HTTP server of ours. */
export const SERVER_TIMEOUTS = {
  /** For the head of a request. Bodies are watched by what reads them. */
  headersTimeout: 30_000,
  /** How often that is looked after. */
  connectionsCheckingInterval: 5_000,
  /** Exporters send every 5 to 60 seconds: a connection that ends in between costs them an error. */
  keepAliveTimeout: 300_000,
} as const
