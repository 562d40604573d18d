/** Each peer at an address of its own in 10.0.0.0/8, which nothing real listens at: only events and flows show it. */
export const TRACKER_ADDRESS = { host: '10.255.255.254', port: 5100 } as const;

export const PEER_PORT = 6881;

const FIRST = 10;
/** The last is the tracker's net. */
export const PEERS_MAX = 255 * 65_536;

/** From 10.0.0.1 on. @param position in the plan, below `PEERS_MAX` */
export function hostOf(position: number): string {
  const address = position + 1;
  return [FIRST, (address >> 16) & 255, (address >> 8) & 255, address & 255].join('.');
}
