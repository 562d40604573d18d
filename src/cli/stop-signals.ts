import { exitCodes } from './program.ts';

/**
 * One press of Ctrl-C reaches the program twice when npm started it: the terminal signals the whole process group,
 * and npm hands its own signal on. Only what comes later than this is a second wish.
 */
const SAME_PRESS_MS = 400;

/** Calls back at the first SIGINT or SIGTERM. A second one ends the process at once. */
export function onStopSignal(stop: () => void): void {
  let firstMs: number | undefined;
  const heard = (): void => {
    const nowMs = performance.now();
    if (firstMs === undefined) {
      firstMs = nowMs;
      stop();
    } else if (nowMs - firstMs > SAME_PRESS_MS) {
      process.exit(exitCodes.interrupted);
    }
  };
  process.on('SIGINT', heard);
  process.on('SIGTERM', heard);
}
