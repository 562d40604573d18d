/** The threads engine: every peer and the tracker in a worker thread of its own, on real TCP sockets. */
import type { Engine } from '../engine.ts';
import { requireHonourable, requireNoPlacement, requireNoSharedRates } from '../run/refusals.ts';
import { machineLimits, needsOf, requireCapacity, shortagesOf, type MachineLimits } from './capacity.ts';
import { fitToMachine } from './fit.ts';

export interface ThreadsEngineComponents {
  /** The bundled peer-worker.ts. */
  readonly workerFile: URL;
}

export interface ThreadsEngineOptions {
  /** Where the tracker listens. Default 0: a free port, and nobody from outside is expected. */
  readonly trackerPort?: number;
}

export function threadsEngine(
  { workerFile }: ThreadsEngineComponents,
  { trackerPort = 0 }: ThreadsEngineOptions = {},
): Engine {
  let limits: MachineLimits | undefined;
  // Of the thousands of plans of an experiment each would read the same.
  const limitsOnce = (): MachineLimits => (limits ??= machineLimits());
  return {
    name: 'threads',
    check(plan) {
      requireHonourable(plan);
      requireNoSharedRates(plan);
      requireNoPlacement(plan);
      return shortagesOf(fitToMachine(plan, limitsOnce()).plan, limitsOnce());
    },
    needs(plan) {
      const fit = fitToMachine(plan, limitsOnce());
      return { ...needsOf(fit.plan), fitted: fit.notes };
    },
    async run(plan, watcher) {
      requireHonourable(plan);
      requireNoSharedRates(plan);
      requireNoPlacement(plan);
      const now = machineLimits();
      const fit = fitToMachine(plan, now);
      requireCapacity(fit.plan, now);
      // Most programs know this engine, and few make threads.
      const [{ RealTimeRun }, { ThisMachine }] = await Promise.all([
        import('../real-time/real-time-run.ts'),
        import('./this-machine.ts'),
      ]);
      const run = new RealTimeRun(new ThisMachine(fit, workerFile), watcher, trackerPort);
      try {
        return await run.run();
      } finally {
        await run.dispose();
      }
    },
  };
}
