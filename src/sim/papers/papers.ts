import { bharambe } from './bharambe.ts';
import { kraken } from './kraken.ts';
import { kuroseRoss } from './kurose-ross.ts';
import { legout } from './legout.ts';
import { mundinger } from './mundinger.ts';
import type { Paper } from './paper.ts';
import { qiuSrikant } from './qiu-srikant.ts';

/** All that are reproduced, in order of the table. */
export const papers: readonly Paper[] = [kuroseRoss, mundinger, qiuSrikant, bharambe, legout, kraken];
