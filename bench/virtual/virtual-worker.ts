/** Runs one swarm in virtual time, as a process of its own, and tells what it cost. */
import { virtualEngine } from '../../src/sim/engines/virtual/virtual-engine.ts';
import type { Plan } from '../../src/sim/plan/plan.ts';
import { runPaced } from './paced-swarm.ts';
import { planOf } from './plans.ts';
import type { VirtualSample, VirtualTask } from './virtual-task.ts';

async function runFluid(plan: Plan): Promise<boolean> {
  const { signal } = new AbortController();
  const { ending } = await virtualEngine().run(plan, { signal });
  return ending === 'completed';
}

async function run({ size, seed, links }: VirtualTask): Promise<VirtualSample> {
  const plan = planOf(size, seed);
  const before = process.cpuUsage();
  const complete = links === 'turns' ? runPaced(plan) : await runFluid(plan);
  const { user, system } = process.cpuUsage(before);
  const memoryBytes = process.memoryUsage.rss();
  return { processorMs: (user + system) / 1000, memoryBytes, complete };
}

process.once('message', (task: VirtualTask) => {
  void run(task).then((sample) => process.send!(sample, () => process.disconnect()));
});
