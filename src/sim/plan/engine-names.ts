/** Real sockets in real time, and virtual time. The first one is the default. */
export const engineNames = ['threads', 'virtual'] as const;
