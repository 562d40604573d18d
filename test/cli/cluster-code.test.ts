/** Two builds of one commit with different code, on one server. */
import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import {
  agentOf,
  ends,
  folder,
  serverWith,
  start,
  startedProgram,
  useClusterStage,
} from '../support/cluster-stage.ts';
import { JETSTREAM } from '../support/nats-server.ts';
import { RunningProgram } from '../support/programs.ts';

useClusterStage();

/** The agent, as it were bundled from another source. */
function agentOfOtherCode(code: string, url: string): RunningProgram {
  const bundle = join(folder, 'lab', 'bundle');
  cpSync(inject('bundleFolder'), bundle, { recursive: true });
  // By them it finds where it belongs, and what is not in the bundle.
  const root = join(import.meta.dirname, '../..');
  cpSync(join(root, 'package.json'), join(folder, 'lab', 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'lab', 'node_modules'));
  writeFileSync(join(bundle, 'code.json'), JSON.stringify({ code }));
  const agent = new RunningProgram(bundle, 'agent', ['--nats', url, '--name', 'other'], folder);
  ends.push(() => agent.destroy());
  return agent;
}

test('a build of other code is refused by coordinator and agent, who say which code each has; that of the same is taken', async () => {
  const { code } = startedProgram();
  const { url } = await serverWith(JETSTREAM);
  const other = agentOfOtherCode('0ther', url);
  await other.says(/is ready: .* \(code 0ther\) on Node/);
  const alone = start('sim', 'small', '--cluster', url, '--out', 'alone');
  expect(await alone.ends(), alone.output).toMatchObject({ code: 2 });
  expect(alone.output).toMatch(
    new RegExp(
      `agent other is refused: it runs .* \\(code 0ther\\) on Node .*, and this is .* \\(code ${code}\\) on`,
    ),
  );
  expect(alone.output).toMatch(/no agent of the cluster runs the same program/);
  await agentOf(url, 'same');
  const both = start('sim', 'small', '--cluster', url, '--out', 'both');
  expect(await both.ends(), both.output).toMatchObject({ code: 0 });
  await other.says(new RegExp(`the experiment small is refused: it is by .* \\(code ${code}\\) on`));
  expect(other.output).not.toMatch(/^runs small/m);
});
