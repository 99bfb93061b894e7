import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { post, RECORDING } from '../../testing/signed-request.ts';
import { callback, startedIngest } from '../../testing/started-ingest.ts';

test.each(['127.0.0.1', '[::ffff:127.0.0.1]', 'localhost'])(
  'no address of a callback is ever followed: %s',
  async (host) => {
    let connections = 0;
    const listening = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    const { port } = listening.address() as { port: number };
    const { service, at, eventLog } = await startedIngest();
    const RecordingUrl = `http://${host}:${port}/2010-04-01/Accounts/AC/Recordings/RE`;
    expect((await fetch(...post('/webhooks/recording', { ...RECORDING, RecordingUrl }, { at }))).status).toBe(204);
    expect((await callback(at)).status).toBe(204);
    await service.stop();
    expect(eventLog.appended).toHaveLength(2);
    expect(connections).toBe(0);
    await new Promise((resolve) => listening.close(resolve));
  },
);
