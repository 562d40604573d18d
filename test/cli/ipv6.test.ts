/** The programs where addresses are those of IPv6. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasIpv6 } from '../support/ipv6.ts';
import type { RunningProgram } from '../support/programs.ts';
import { Stage } from './stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.close());

const chunk = (index: number) => [index, randomBytes(1000 + index)] as const;

/** Two clients of whom each lacks what the other holds. */
function pair(
  trackers: readonly [string, string],
  ...args: readonly (readonly string[])[]
): RunningProgram[] {
  const [first, second, third, fourth] = [1, 2, 3, 4].map(chunk);
  stage.makeFolder('alice', 4, new Map([first!, second!]));
  stage.makeFolder('bob', 4, new Map([third!, fourth!]));
  return ['alice', 'bob'].map((name, at) => {
    const place = [
      '-folder',
      name,
      '-transfer_port',
      '0',
      '-name',
      name,
      '-tracker',
      trackers[at]!,
      '-trusted_tracker',
    ];
    return stage.start('client', ...place, ...(args[at] ?? args[0] ?? []));
  });
}

async function complete(clients: readonly RunningProgram[]): Promise<void> {
  await Promise.all(clients.map((client) => client.says(/complete, holding 4 of 4/)));
  expect(stage.hashes('alice', 4)).toEqual(stage.hashes('bob', 4));
}

describe.runIf(hasIpv6)('two clients complete over IPv6', () => {
  it.each([
    ['spec', '::', ['-bind', '::', '-host', '::1']],
    ['spec', '::1', ['-bind', '::1']],
    ['spec', '::1', []],
    ['swarm', '::1', ['-bind', '::1']],
    ['swarm', '::', ['-bind', '::']],
    ['swarm', '::1', []],
  ])('by the %s protocol, with a tracker on %s and %s', async (protocol, bind, args) => {
    const { program, port } = await stage.tracker('-bind', bind);
    expect(program.output).toContain(`listening on [${bind}]:${port}`);
    const tracker = `[::1]:${port}`;
    await complete(pair([tracker, tracker], ['-protocol', protocol, ...args]));
  });

  it('in the hashed edition', async () => {
    const { port } = await stage.tracker('-bind', '::1', '-edition', 'hashed', '-agreement', '1');
    const tracker = `[0:0::1]:${port}`;
    await complete(pair([tracker, tracker], ['-edition', 'hashed', '-bind', '[::1]']));
    const announced = stage.log().filter((line) => line.startsWith('alice,LOCAL_CHUNKS,'));
    for (const line of announced) expect(line).toMatch(/^alice,LOCAL_CHUNKS,\d,[0-9a-f]{40},::1,\d+$/);
  });
});

it.runIf(hasIpv6).each(['spec', 'swarm'])(
  'a client of IPv4 and one of IPv6 complete at a tracker on ::, by the %s protocol',
  async (protocol) => {
    const { port } = await stage.tracker('-bind', '::');
    const clients = pair(
      [`localhost:${port}`, `[::1]:${port}`],
      ['-protocol', protocol],
      ['-protocol', protocol, '-bind', '::1'],
    );
    await complete(clients);
  },
);
