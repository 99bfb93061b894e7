import { connect, createServer, type Socket } from 'node:net';
import type { Wire } from './http-wire.ts';
import type { KillSwitch } from './kill-switch.ts';

/**
 * Stands between a process and its event log in Postgres. An append of one of its events, and a commit, have two moments: before the
 * server hears of it, and done with its answer not received. Statements and values travel as they are written.
 */
export async function startLogWire(target: { host: string; port: number }, killSwitch: KillSwitch): Promise<Wire> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    const upstream = connect(target);
    for (const socket of [client, upstream]) keep(socket);
    const breakOff = () => {
      client.destroy();
      upstream.destroy();
    };
    let unanswered: string | undefined;
    client.on('data', (chunk) => {
      const name = nameOf(chunk);
      if (name && killSwitch.pass(`${name}: before`)) return breakOff();
      unanswered = name ?? unanswered;
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      const name = unanswered;
      unanswered = undefined;
      if (name && killSwitch.pass(`${name}: done and unanswered`)) return breakOff();
      client.write(chunk);
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const stop = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => server.close(closed));
  };
  return { port: (server.address() as { port: number }).port, stop };
}

function nameOf(chunk: Buffer): string | undefined {
  const text = chunk.toString('latin1');
  if (text.includes('event-log-commit')) return 'log: commit';
  if (!text.includes('event-log-append')) return undefined;
  const [, event] = /onrecord\.(recording\.archived|transcript\.completed)\./.exec(text) ?? [];
  return event && `log: ${event}`;
}
