/** Real sockets in real time, virtual time, and real sockets on several hosts. The first one is the default. */
export const engineNames = ['threads', 'virtual', 'cluster'] as const;

/** How the peers of a cluster are spread over its hosts. */
export const placementNames = ['spread', 'pack', 'region'] as const;
