/** URLs of servers, and that nothing of a secret in them is shown. */
import { describe, expect, test } from 'vitest';
import { readClusterUrls } from './cluster-url.ts';

function refusalOf(text: string): string {
  try {
    readClusterUrls(text, '--nats');
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`${text} was taken`);
}

describe('a URL', () => {
  test.each([
    ['nats://tok@host', 'tok', ''],
    ['nats://lab:p%2Cw%40@host:5', 'lab', 'p,w@'],
    ['tok@host', 'tok', ''],
    ['nats://host', '', ''],
    ['nats://tok@host, nats://other', 'tok', ''],
    ['nats://tok@host,tls://tok@other', 'tok', ''],
  ])('%s has the user or token %j and the password %j', (text, user, password) => {
    expect(readClusterUrls(text, '--nats')).toMatchObject({ user, password });
  });

  test.each([
    ['a % that is no code', 'nats://SECRET%zz@127.0.0.1', 'there is a % that is no code of a character'],
    ['a path', 'nats://SECRET@host/path', 'is not the URL of a NATS server; write nats://host:4222'],
    ['a question', 'nats://SECRET@host?tls=1', 'is not the URL of a NATS server'],
    ['another scheme', 'http://SECRET@host', 'write nats:// or tls:// before the host, not http://'],
    ['no port that is one', 'nats://lab:SECRET@host:99999', 'is not the URL of a NATS server'],
    ['a / in its secret', 'nats://SEC/RET@host', 'is not the URL of a NATS server'],
    ['a ? in its secret', 'nats://SEC?RET@host', 'is not the URL of a NATS server'],
    ['a # in its secret', 'SEC#RET@host', 'is not the URL of a NATS server'],
    ['a comma in its token', 'nats://SEC,RET@host', 'one secret is for all servers'],
    ['a comma in its password', 'nats://lab:SEC,RET@host', 'is not the URL of a NATS server'],
    ['another secret than the first', 'nats://SEC@a,nats://RET@b', 'one secret is for all servers'],
  ])('with %s is refused with what to write, and without the secret', (_, text, why) => {
    const message = refusalOf(text);
    expect(message).toMatch(/^--nats .*…@/);
    expect(message).toContain(why);
    expect(message).toContain('in a secret write %2F for /, %2C for a comma');
    expect(message).not.toMatch(/SEC|RET|lab/);
  });
});
