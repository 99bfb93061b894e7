import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createCallsClient } from './calls-client.ts';

const [ACCOUNT, CALL] = [`AC${'0'.repeat(32)}`, `CA${'a'.repeat(32)}`];
const shown = (status: string): Answer => [200, { sid: CALL, account_sid: ACCOUNT, status }];
const NOT_FOUND: Answer = [404, { code: 20_404, message: 'The requested resource was not found', status: 404 }];
const NOT_COMPLETE: Answer = [409, { code: 20_009, message: 'Resource not complete', status: 409 }];

type Answer = [status: number, body: object | undefined];

/** A Twilio that gives these answers, one after the other. */
async function twilio(...answers: Answer[]) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const [status, body] = answers.shift() ?? [500, {}];
    response.writeHead(status, { 'content-type': 'application/json' }).end(body && JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = createCallsClient({ apiUrl, accountSid: ACCOUNT, authToken: 'token', attemptsMax: 1 });
  const name = { accountSid: ACCOUNT, callSid: CALL };
  return { asked, deleted: (before = async () => {}) => client.deleteCall(name, before) };
}
const PATH = `/2010-04-01/Accounts/${ACCOUNT}/Calls/${CALL}.json`;

it('a call that has ended is deleted, and looked for afterwards', async () => {
  const { asked, deleted } = await twilio(shown('completed'), [204, undefined], NOT_FOUND);
  expect(await deleted()).toBe('deleted');
  expect(asked).toEqual([`GET ${PATH}`, `DELETE ${PATH}`, `GET ${PATH}`]);
});

it('what Twilio does not know is said to be unknown there, and what somebody else deletes meanwhile is gone', async () => {
  const unknown = await twilio(NOT_FOUND);
  expect(await unknown.deleted(() => expect.fail('asked to delete'))).toBe('not-found');
  expect(unknown.asked).toHaveLength(1);
  const meanwhile = await twilio(shown('busy'), NOT_FOUND, NOT_FOUND);
  expect(await meanwhile.deleted()).toBe('deleted');
});

it('a call that goes on is left alone', async () => {
  const { asked, deleted } = await twilio(shown('in-progress'));
  await expect(deleted()).rejects.toThrow('it has not ended');
  expect(asked).toHaveLength(1);
});

it('nothing is gone that Twilio goes on showing, does not let go, or that another host does not find', async () => {
  const still = await twilio(shown('completed'), [204, undefined], shown('completed'));
  await expect(still.deleted()).rejects.toThrow('still shows the call');
  const refused = await twilio(shown('completed'), NOT_COMPLETE);
  await expect(refused.deleted()).rejects.toMatchObject({ retryAfterMs: 300_000 });
  const elsewhere = await twilio([404, { message: 'no such page' }]);
  await expect(elsewhere.deleted()).rejects.toThrow('TWILIO_API_URL');
});

it('asks right before it deletes, and deletes nothing where the answer is no', async () => {
  const { asked, deleted } = await twilio(shown('completed'));
  const before = async () => {
    expect(asked).toEqual([`GET ${PATH}`]);
    throw new Error('it is held');
  };
  await expect(deleted(before)).rejects.toThrow('it is held');
  expect(asked).toHaveLength(1);
});
