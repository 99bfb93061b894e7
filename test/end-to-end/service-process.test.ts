import { expect, test } from 'vitest';
import { freePorts } from '../servers/free-ports.ts';
import { ServiceProcess } from './service-process.ts';

// A transcriber that was ready for less than the time between two looks at it was waited for to the end, though it had been killed
// on purpose in the meantime.
test('a process that is killed before it was seen ready is not waited for', async () => {
  const [port = 0] = await freePorts(1);
  const service = new ServiceProcess('services/transcriber', {}, `http://127.0.0.1:${port}/readyz`);
  const starting = service.start();
  await service.kill();
  await expect(starting).resolves.toBeUndefined();
});
