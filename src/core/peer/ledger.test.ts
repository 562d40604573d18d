import { expect, it } from 'vitest';
import { TokenStore, tokenHash } from '../../sim/engines/virtual/token-store.ts';
import { VirtualClock } from '../../sim/engines/virtual/virtual-clock.ts';
import type { SwarmEvent } from '../events.ts';
import { Ledger } from './ledger.ts';

it('a chunk in dispute is not offered because the agreed content comes in beside it: it stays as it is', () => {
  const chunkBytes = [100];
  const seeder = new TokenStore({ chunkBytes, held: [1] });
  const liar = new TokenStore({ chunkBytes, held: [1], corrupt: [1] });
  const events: SwarmEvent[] = [];
  const store = new TokenStore({ chunkBytes, held: [] });
  const sink = { emit: (event: SwarmEvent) => events.push(event) };
  const ledger = new Ledger({ clock: new VirtualClock(), store, events: sink }, 'me');
  const right = ledger.begin(1, { host: 'seeder', port: 1 }, 'spec');
  const wrong = ledger.begin(1, { host: 'liar', port: 2 }, 'spec');
  wrong.write(liar.read(1, 0, 100));
  expect(wrong.finish()).toBe('held');
  ledger.agree({ index: 1, bytes: 100, hash: tokenHash(1, 100) });
  right.write(seeder.read(1, 0, 100));
  right.finish();
  expect(ledger.held.has(1)).toBe(false);
  expect(ledger.claim(1)).toBeUndefined();
  expect(events.filter(({ type }) => type === 'chunk-received')).toHaveLength(1);
  expect(events.at(-1)).toMatchObject({ type: 'chunk-discarded', reason: 'duplicate', bytes: 100 });
});
