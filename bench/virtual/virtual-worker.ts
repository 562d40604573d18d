/** Runs one swarm in virtual time, as a process of its own, and tells what it cost. */
import { virtualEngine } from '../../src/sim/engines/virtual/virtual-engine.ts';
import type { Plan } from '../../src/sim/plan/plan.ts';
import { peakMemoryBytes } from '../../src/sim/machine/peak-memory.ts';
import { runPaced } from './paced-swarm.ts';
import { planOf } from './plans.ts';
import type { VirtualSample, VirtualTask } from './virtual-task.ts';

type Outcome = Pick<VirtualSample, 'complete' | 'delivered'>;

async function runFluid(plan: Plan, cutMs: number | undefined): Promise<Outcome> {
  const cut = new AbortController();
  let delivered = 0;
  const { ending } = await virtualEngine().run(plan, {
    signal: cut.signal,
    onReady() {
      if (cutMs !== undefined) setTimeout(() => cut.abort(), cutMs).unref();
    },
    onEvent({ type }) {
      if (type === 'chunk-received') delivered++;
    },
  });
  return { complete: ending === 'completed' || ending === 'interrupted', delivered };
}

async function run({ size, seed, links, cutMs }: VirtualTask): Promise<VirtualSample> {
  const plan = planOf(size, seed);
  const deliveries = (size.peers - 1) * size.chunks;
  const before = process.cpuUsage();
  const outcome =
    links === 'turns' ? { complete: runPaced(plan), delivered: deliveries } : await runFluid(plan, cutMs);
  const { user, system } = process.cpuUsage(before);
  return { processorMs: (user + system) / 1000, memoryBytes: peakMemoryBytes(), deliveries, ...outcome };
}

process.once('message', (task: VirtualTask) => {
  void run(task).then((sample) => process.send!(sample, () => process.disconnect()));
});
