/** The keys of a group that say when its peers come and go. */
import { z } from 'zod';
import { about, oneOf, quantity } from './key-meta.ts';
import { sessionQuantity, tableSchema } from './distribution-schema.ts';
import { PEERS_MAX, TIME } from './limits.ts';
import { durationUnits, frequencyUnits } from '../../units/quantities.ts';

const departures = z.enum(['graceful', 'crash']);
const departure = departures.default('graceful').meta(
  about({
    description:
      '`graceful` tells the tracker and closes its connections; `crash` is killed without a message to anybody.',
    default: 'graceful',
  }),
);

const traceRow = z
  .strictObject({
    join: quantity(durationUnits, TIME, { description: 'When the peer joins, from the start of the run.' }),
    leave: quantity(durationUnits, TIME, {
      description: 'When it leaves for good.',
      default: 'it stays to the end',
    }).optional(),
  })
  .superRefine(({ join, leave }, context) => {
    if (leave === undefined || leave >= join) return;
    const params = { suggestion: 'exchange the two' };
    context.addIssue({ code: 'custom', path: ['leave'], message: 'is before join', params });
  });

const trace = z.union([
  z.array(traceRow).min(1).max(PEERS_MAX),
  z
    .strictObject({
      csv: tableSchema.meta(
        about({
          description:
            'A CSV file with the columns `join` and, if peers leave, `leave`. An empty leave: the peer stays.',
          examples: ['sessions.csv', { file: 'sessions.csv', unit: 's' }],
        }),
      ),
    })
    .transform((): z.output<typeof traceRow>[] => []),
]);

export const arrivalSchema = z
  .strictObject({
    at: quantity(durationUnits, TIME, {
      description:
        'When the peers join, all at once (a flash crowd); with `spaced` or `poisson`, when that begins.',
      default: '0s',
    }).optional(),
    spaced: quantity(durationUnits, TIME, {
      description: 'Time from one peer of the group to the next; the first joins at `at`.',
      default: '0s',
    }).optional(),
    poisson: z
      .strictObject({
        rate: quantity(
          frequencyUnits,
          { min: '0.01/h', max: '1000/s' },
          { description: 'Mean arrivals in a time.' },
        ),
      })
      .optional()
      .meta(
        about({
          description: 'A Poisson process: exponential gaps, the first of them after `at`.',
          examples: [{ rate: '2/s' }],
        }),
      ),
    uniform: z
      .strictObject({
        from: quantity(durationUnits, TIME, { description: 'Earliest.' }),
        to: quantity(durationUnits, TIME, { description: 'Latest.' }),
      })
      .superRefine(({ from, to }, context) => {
        if (from <= to) return;
        const params = { suggestion: 'exchange the two' };
        context.addIssue({ code: 'custom', path: ['from'], message: 'is after to', params });
      })
      .optional()
      .meta(
        about({
          description: 'Every instant between from and to as likely, for each peer by itself.',
          examples: [{ from: '0s', to: '5s' }],
        }),
      ),
    trace: trace.optional().meta(
      about({
        description:
          'Times of joining and leaving as they were observed: row i is peer i. Without count the group has a peer for each row; with it, the first rows count.',
        examples: [[{ join: '0s', leave: '9s' }, { join: '1.5s' }], { csv: 'sessions.csv' }],
      }),
    ),
    how: departures.optional().meta(
      about({
        description:
          'How those of a trace leave. `graceful` tells the tracker and closes its connections; `crash` is killed without a message to anybody.',
        default: 'graceful',
      }),
    ),
  })
  .superRefine((written, context) => {
    const { at, spaced, poisson, uniform, trace: rows, how } = written;
    const alone = { uniform, trace: rows };
    const begun = { spaced, poisson };
    if ([spaced, poisson, uniform, rows].some((form) => form !== undefined)) {
      oneOf(
        uniform === undefined && rows === undefined ? begun : { at, ...begun, ...alone },
        context,
        'arrival',
      );
    }
    if (how !== undefined && rows === undefined && context.issues.length === 0) {
      const params = { suggestion: 'use session.leave.how, or add trace' };
      context.addIssue({ code: 'custom', path: ['how'], message: 'has no meaning without trace', params });
    }
  });

const leave = z
  .strictObject({
    after: sessionQuantity(durationUnits, TIME)
      .optional()
      .meta(
        about({
          description: 'How long after `from` the peer leaves; with `from: completion`, how long it seeds.',
          default: '0s with from: completion, else required',
          range: '0s to 24h',
          examples: ['2s', { exponential: { mean: '30s' } }, { weibull: { scale: '20s', shape: 0.5 } }],
        }),
      ),
    from: z
      .enum(['join', 'completion', 'start'])
      .default('join')
      .meta(
        about({
          description:
            'What `after` counts from: the joining of the peer, its completion, or the start of the run. A peer that would leave before it has joined leaves as it joins; one that comes back complete has completed as it joins.',
          default: 'join',
        }),
      ),
    how: departure,
  })
  .superRefine(({ after, from }, context) => {
    if (after !== undefined || from === 'completion' || context.issues.length > 0) return;
    const params = { suggestion: 'write for example after: 2s, or from: completion' };
    context.addIssue({ code: 'custom', path: ['after'], message: 'is missing', params });
  });

const comeBack = z.strictObject({
  after: sessionQuantity(durationUnits, TIME).meta(
    about({
      description: 'How long the peer stays away; after a leave from completion, from when it is gone.',
      range: '0s to 24h',
      examples: ['1s'],
    }),
  ),
  keep_chunks: z
    .boolean()
    .default(true)
    .meta(
      about({
        description:
          'Whether the peer still has what it held when it left; otherwise it starts again as at first, and has to complete anew.',
        default: true,
      }),
    ),
  times: z
    .int()
    .min(1)
    .max(1000)
    .default(1)
    .meta(
      about({
        description:
          'How often it leaves and comes back, by the same rule, each stay and each absence drawn anew; the last stay lasts to the end.',
        default: 1,
        examples: [5],
      }),
    ),
});

export const sessionSchema = z.strictObject({
  leave: leave.optional().meta(
    about({
      description: 'The peer leaves. Without it, it stays to the end.',
      examples: [{ after: '2s', how: 'crash' }],
    }),
  ),
  return: comeBack.optional().meta(
    about({
      description:
        'The peer comes back, once or several times, and then stays to the end. If it must complete, the run waits until it is back and complete.',
      default: 'it stays away',
      examples: [
        { after: '1s', keep_chunks: false },
        { after: { exponential: { mean: '9s' } }, times: 3 },
      ],
    }),
  ),
});
