/** Clients that listen on an address of their own: others have to be told this one. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Stage } from './stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.close());

// Other systems have but one loopback address, unless somebody sets up more.
describe.runIf(process.platform === 'linux')(
  'clients of one machine, each with an address of its own',
  () => {
    it.each(['swarm', 'spec'])('find each other by the %s protocol, and complete', async (protocol) => {
      const { program: tracker, port } = await stage.tracker('-verbose');
      const [first, second] = [1, 2].map((index) => [index, randomBytes(1000 + index)] as const);
      stage.makeFolder('alice', 2, new Map([first!]));
      stage.makeFolder('bob', 2, new Map([second!]));
      const clients = ['alice', 'bob'].map((name, at) => {
        const place = ['-folder', name, '-transfer_port', '0', '-name', name, '-bind', `127.0.0.${at + 2}`];
        const how = ['-tracker', `localhost:${port}`, '-trusted_tracker', '-protocol', protocol];
        return stage.start('client', ...place, ...how);
      });
      await Promise.all(clients.map((client) => client.says(/complete, holding 2 of 2/)));
      for (const host of ['127.0.0.2', '127.0.0.3']) {
        const listed = new RegExp(`${host.replaceAll('.', '\\.')}:\\d+ registered, ${protocol} protocol`);
        await tracker.says(listed);
      }
      expect(tracker.output).not.toMatch(/localhost:\d+ registered/);
    });
  },
);
