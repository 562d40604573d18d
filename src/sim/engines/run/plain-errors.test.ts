import { expect, it } from 'vitest';
import { StoreError, toPlainError } from '../../../core/errors.ts';
import { fromPlainError } from './plain-errors.ts';

it('an error keeps its class, code and message on its way out of a thread', () => {
  const error = fromPlainError(structuredClone(toPlainError(new StoreError('disk full'))));
  expect(error).toBeInstanceOf(StoreError);
  expect(error).toMatchObject({ name: 'StoreError', code: 'STORE', message: 'disk full' });
});
