import { join } from 'node:path';
import { z } from 'zod';
import { packageFolder } from '../../src/sim/shipped/shipped-files.ts';
import { outputOf, runToEnd, type OtherProgram } from './other-program.ts';

/** The system's Python knows the packages of the system. */
const PYTHONS = ['/usr/bin/python3', 'python3'];

const answer = z.object({ ms: z.number().positive() });

/** libtorrent by its Python binding: each peer a session of one process. undefined: it is not installed. */
export function findLibtorrent(): OtherProgram | undefined {
  for (const python of PYTHONS) {
    const version = outputOf(python, '-c', 'import libtorrent; print(libtorrent.version)');
    if (version === undefined) continue;
    const script = join(packageFolder(), 'bench', 'others', 'libtorrent_swarm.py');
    return {
      title: `libtorrent ${version}`,
      about: 'tuned for loopback, from the first connection until the last peer has all pieces verified',
      async distribute({ file, folder, leechers, chunkBytes, signal }) {
        const words = [script, file, folder, String(leechers), String(chunkBytes)];
        return answer.parse(JSON.parse(await runToEnd(python, words, signal))).ms;
      },
    };
  }
  return undefined;
}
