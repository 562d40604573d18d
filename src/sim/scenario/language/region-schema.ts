/** The keys of the table of regions. */
import { z } from 'zod';
import { about, oneOf, quantity } from './key-meta.ts';
import { regionPresets } from './cloud-regions.ts';
import { GROUP_NAME, LATENCY, RATE } from './limits.ts';
import { durationUnits, rateUnits } from '../../units/quantities.ts';

const delay = quantity(durationUnits, LATENCY, { description: 'One way.', examples: ['40ms'] });

const capacity = quantity(rateUnits, RATE, { description: 'Shared by all.', examples: ['1Gbit/s'] });

export const regionsSchema = z
  .strictObject({
    preset: z
      .enum(Object.keys(regionPresets) as [string, ...string[]])
      .optional()
      .meta(
        about({
          description: `A table that comes with the laboratory. \`cloud\`: ${Object.keys(regionPresets.cloud.roundTripMs).join(', ')}; see [delays between regions](#delays-between-regions).`,
        }),
      ),
    delays: z
      .record(z.string().regex(GROUP_NAME), z.record(z.string().regex(GROUP_NAME), delay))
      .optional()
      .meta(
        about({
          description:
            'One-way delays from a region to others. One direction is enough if both are equal. The delay within a region is 0ms unless it is given.',
          examples: [{ europe: { america: '45ms', asia: '90ms' }, america: { asia: '70ms' } }],
        }),
      ),
    capacity: z
      .record(z.string().regex(GROUP_NAME), z.record(z.string().regex(GROUP_NAME), capacity))
      .optional()
      .meta(
        about({
          description:
            'What all peers of a region together can send to another region at a time. One direction is enough where both are alike. Needs `engine: virtual`.',
          default: 'no limit',
          examples: [{ europe: { america: '1Gbit/s', asia: '500Mbit/s' } }],
        }),
      ),
  })
  .superRefine(({ preset, delays }, context) => oneOf({ preset, delays }, context, 'a table of delays'));

export type WrittenRegions = z.output<typeof regionsSchema>;
