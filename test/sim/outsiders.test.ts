import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import { RunningProgram } from '../support/programs.ts';
import { unusedPort } from '../support/unused-port.ts';
import { SimDesk } from './run-sim.ts';

let desk: SimDesk;
beforeEach(() => {
  desk = new SimDesk(inject('bundleFolder'));
});
afterEach(() => desk.close());

/** The run waits for a return that is far away, so that there is a swarm to join however busy the machine is. */
const open = `
seed: 1
content:
  generate: { size: 1MiB, chunk_size: 64KiB }
peers:
  seeder: { holds: all }
  leecher: { session: { leave: { after: 30min }, return: { after: 1s } } }
until: sessions
time_limit: 1h
`;

describe('a standalone client', () => {
  it.each(['swarm', 'spec'])(
    'joins the tracker of a running scenario by the %s protocol',
    async (protocol) => {
      const port = await unusedPort();
      const run = desk.start([desk.scenario('open', open), '--tracker-port', String(port)]);
      await run.says(new RegExp(`tracker on 127\\.0\\.0\\.1:${port} `));
      const folder = join(desk.folder, 'outsider');
      mkdirSync(folder);
      writeFileSync(join(folder, 'local_chunks.txt'), '16,LASTCHUNK\n');
      const args = ['--folder', folder, '--transfer_port', '0', '--name', 'outsider', '--protocol', protocol];
      const tracker = ['--tracker', `127.0.0.1:${port}`, '--exit_when_complete'];
      const client = new RunningProgram(inject('bundleFolder'), 'client', [...args, ...tracker], desk.folder);
      onTestFinished(() => client.destroy());
      const { code } = await client.ends();
      expect({ code, output: client.output }).toMatchObject({ code: 0 });
      expect(readdirSync(folder).filter((name) => name.startsWith('chunk_'))).toHaveLength(16);
      run.signal('SIGINT');
      expect(await run.ended).toMatchObject({ code: 130 });
      expect(desk.result().verdict).toMatchObject({ completedPeers: 2, peersToComplete: 2 });
    },
  );

  it('cannot have the port: the run is refused by one line that names it', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    // A run that takes long to set up says so; one that is quiet says only what is wrong.
    const scenario = desk.scenario('open', open);
    const { code, stderr } = await desk.run([scenario, '--quiet', '--tracker-port', String(port)]);
    expect({ code, stderr }).toMatchObject({ code: 2 });
    expect(stderr).toContain(String(port));
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(desk.leftovers()).toEqual([]);
    expect(() => readFileSync(join(desk.report, 'result.json'))).toThrow();
  });
});
