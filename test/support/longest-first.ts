import { join } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Each takes half a minute and more, whatever its size, by which vitest goes as long as it has not run them. */
const LONGEST = [
  'test/cli/cluster.test.ts',
  'test/sim/experiment.test.ts',
  'test/sim/determinism.test.ts',
  'test/cli/cluster-agents.test.ts',
  'test/sim/against.test.ts',
  'test/cli/cluster-access.test.ts',
  'test/cli/live.test.ts',
  'test/seam/scaling.test.ts',
  'test/interop/foreign-peers.test.ts',
  'test/cli/report.test.ts',
  'test/contracts/engines.test.ts',
  'test/cli/classic-folders.test.ts',
  'test/seam/fluid-swarm.test.ts',
  'test/seam/long-chunks.test.ts',
  'test/cli/packed.test.ts',
  'test/sim/sim.test.ts',
  'test/cli/adversity.test.ts',
  'test/cli/npm.test.ts',
  'test/interop/foreign-tracker.test.ts',
  'test/interop/our-tracker.test.ts',
  'test/sim/threads-engine.test.ts',
  'test/sim/virtual.test.ts',
  'test/cli/broken-files.test.ts',
  'test/sim/faults.test.ts',
];

/** What takes longest begins first, so that nothing long is left for the end, when the other cores have nothing to do. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.findIndex((file) => moduleId === join(this.ctx.config.root, file));
      return at === -1 ? LONGEST.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}
