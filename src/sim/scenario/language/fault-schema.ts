/** The keys of a fault: what is done to whom, when, and for how long. */
import { z } from 'zod';
import { about, quantity } from './key-meta.ts';
import { sessionQuantity } from './distribution-schema.ts';
import { effects } from './effect-schema.ts';
import { TIME } from './limits.ts';
import { condition } from './expression-schema.ts';
import { durationUnits } from '../../units/quantities.ts';

export const EFFECT_KEYS = Object.keys(effects) as (keyof typeof effects)[];

export const faultSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9 _-]{0,39}$/)
      .optional()
      .meta(
        about({
          description: 'Name in reports.',
          default: 'its kind and number: `crash 1`',
          range: 'a letter, then letters, digits, blanks, - or _, up to 40',
          examples: ['outage'],
        }),
      ),
    at: sessionQuantity(durationUnits, TIME)
      .optional()
      .meta(
        about({
          description: 'When the fault begins.',
          default: '0s, but crash and reset need at or when',
          range: '0s to 24h',
          examples: ['5s', { uniform: { min: '2s', max: '6s' } }],
        }),
      ),
    when: condition.optional().meta(
      about({
        description: 'The fault begins as soon as this [condition](#conditions) holds. Instead of `at`.',
        examples: ['completed(leechers) >= 50%'],
      }),
    ),
    delay: quantity(durationUnits, TIME, {
      description: 'Time from the moment when `when` holds until the fault begins.',
      default: '0s',
      examples: ['500ms'],
    }).optional(),
    for: sessionQuantity(durationUnits, { min: '1ms', max: '24h' })
      .optional()
      .meta(
        about({
          description: 'How long the fault lasts. Not with crash and reset, which are over at once.',
          default: 'to the end of the run',
          range: '1ms to 24h',
          examples: ['3s'],
        }),
      ),
    every: quantity(
      durationUnits,
      { min: '1ms', max: '24h' },
      {
        description: 'The fault begins again after this time, for the same peers.',
        default: 'once',
        examples: ['10s'],
      },
    ).optional(),
    times: z
      .int()
      .min(2)
      .max(100_000)
      .optional()
      .meta(
        about({
          description: 'How often the fault begins in all, with `every`.',
          default: 'to the end of the run',
          examples: [3],
        }),
      ),
    ...effects,
  })
  .superRefine((written, context) => {
    const mistake = (message: string, suggestion: string, path: string[] = []): void =>
      context.addIssue({
        code: 'custom',
        path,
        message,
        params: { suggestion, ...(path.length === 0 ? { aboutKeys: true } : {}) },
      });
    const given = EFFECT_KEYS.filter((key) => written[key] !== undefined);
    if (given.length > 1) mistake(`${given.join(' and ')} are several faults`, 'write one item for each');
    if (given.length === 0 && context.issues.length === 0)
      mistake('names no kind of fault', `add one of ${EFFECT_KEYS.join(', ')}`);
    if (written.at !== undefined && written.when !== undefined)
      mistake('at and when exclude each other', 'keep one; delay counts from when');
    if (written.delay !== undefined && written.when === undefined)
      mistake('has no effect without when', 'use at, or add when', ['delay']);
    if (written.times !== undefined && written.every === undefined)
      mistake('has no effect without every', 'add every, or remove times', ['times']);
    for (const kind of given.filter((key) => key === 'crash' || key === 'reset')) {
      if (written.for !== undefined)
        mistake(
          `for and ${kind} exclude each other: a ${kind} is over at once`,
          kind === 'crash' ? 'use crash.return_after' : 'remove for, or use every',
        );
      if (written.at === undefined && written.when === undefined && context.issues.length === 0)
        mistake(`${kind} needs a start`, 'add at or when');
    }
  });

export type WrittenFault = z.output<typeof faultSchema>;
