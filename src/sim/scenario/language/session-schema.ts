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
      '`graceful`: the peer tells the tracker and closes its connections. `crash`: it is killed and tells nobody.',
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
    const params = { suggestion: 'swap the two' };
    context.addIssue({ code: 'custom', path: ['leave'], message: 'is before join', params });
  });

const trace = z.union([
  z.array(traceRow).min(1).max(PEERS_MAX),
  z
    .strictObject({
      csv: tableSchema.meta(
        about({
          description:
            'A CSV file with the columns `join` and, if peers leave, `leave`. A peer with an empty `leave` stays.',
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
        'When the peers join, all at once (a flash crowd). With `spaced` or `poisson`, when the arrivals begin.',
      default: '0s',
    }).optional(),
    spaced: quantity(durationUnits, TIME, {
      description: 'Time between the joins of two peers. The first joins at `at`.',
      default: '0s',
    }).optional(),
    poisson: z
      .strictObject({
        rate: quantity(
          frequencyUnits,
          { min: '0.01/h', max: '1000/s' },
          { description: 'Mean number of arrivals per unit of time.' },
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
        const params = { suggestion: 'swap the two' };
        context.addIssue({ code: 'custom', path: ['from'], message: 'is after to', params });
      })
      .optional()
      .meta(
        about({
          description: 'Each peer joins at a random time between from and to, all equally likely.',
          examples: [{ from: '0s', to: '5s' }],
        }),
      ),
    trace: trace.optional().meta(
      about({
        description:
          'Observed times of joining and leaving: row i is peer i. Without count, the group has one peer for each row. With count, it uses only the first rows.',
        examples: [[{ join: '0s', leave: '9s' }, { join: '1.5s' }], { csv: 'sessions.csv' }],
      }),
    ),
    how: departures.optional().meta(
      about({
        description:
          'How the peers of a trace leave. `graceful`: the peer tells the tracker and closes its connections. `crash`: it is killed and tells nobody.',
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
      context.addIssue({ code: 'custom', path: ['how'], message: 'has no effect without trace', params });
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
            'What `after` counts from: the join of the peer, its completion, or the start of the run. A peer whose time to leave comes before its join leaves as soon as it joins. A peer that comes back complete counts as completed when it joins.',
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
      description:
        'How long the peer stays away. After a leave from completion, this counts from the moment when the peer is gone.',
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
          'Whether the peer keeps the chunks that it held when it left. Otherwise it starts again with those of its first join, and must complete again.',
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
          'How often the peer leaves and comes back. Each stay and each absence is drawn anew. The last stay lasts to the end.',
        default: 1,
        examples: [5],
      }),
    ),
});

export const sessionSchema = z.strictObject({
  leave: leave.optional().meta(
    about({
      description: 'When and how the peer leaves. Without this key it stays to the end.',
      examples: [{ after: '2s', how: 'crash' }],
    }),
  ),
  return: comeBack.optional().meta(
    about({
      description:
        'When the peer comes back, once or several times; then it stays to the end. If it must complete, the run waits until it is back and complete.',
      default: 'it stays away',
      examples: [
        { after: '1s', keep_chunks: false },
        { after: { exponential: { mean: '9s' } }, times: 3 },
      ],
    }),
  ),
});
