/** How much processor time a run in real time may take, of what all cores have while its links are busy. */

/** Above it, trust in the run is in doubt. */
export const SHARE_MAX = 0.9;

/** What is over sooner has started up for the most part, in which nobody measures anything: it counts as so long. */
export const BUSY_MS_MIN = 1000;

/** Threads where peers share them: more would only wait for one another, and compile everything once more. */
export function sharedThreads(cores: number): number {
  return Math.max(1, Math.floor(cores));
}
