import { setTimeout as wait } from 'node:timers/promises';

const PATIENCE_MS = 20_000;

/** Real time passes until the condition holds. */
export async function untilTrue(condition: () => boolean): Promise<void> {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > PATIENCE_MS) throw new Error('the condition never came to hold');
    await wait(1);
  }
}
