import { expect, it } from 'vitest';
import type { Transport } from '../../../core/interfaces.ts';
import { expand } from '../../expand/expand.ts';
import { parseScenario } from '../../scenario/parse.ts';
import { virtualEngine } from './virtual-engine.ts';

const swarm = `
engine: virtual
content: { generate: { size: 1KiB, chunk_size: 1KiB } }
peers: { seeder: { holds: all }, leecher: {} }
`;

/** Whoever refuses is asked again at once, without any delay. */
function withoutPause(transport: Transport): Transport {
  const ask = (): void => {
    const nobody = transport.connect({ host: '10.9.9.9', port: 1 }, 'swarm');
    nobody.setHandlers({ onMessage: () => undefined, onClose: ask });
  };
  ask();
  return transport;
}

it('a run whose time does not pass ends with an error that tells the time', async () => {
  const engine = virtualEngine({ build: { network: withoutPause } });
  const run = engine.run(expand(parseScenario(swarm, 'standstill.yaml')), {
    signal: new AbortController().signal,
  });
  await expect(run).rejects.toThrow('time stands still: at 0.000 s of virtual time more than 102000 events');
});
