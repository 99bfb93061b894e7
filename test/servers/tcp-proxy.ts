import { connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
  port: number;
  /** While set, what the server answers is thrown away: it has acted on requests, and nobody learns of it. */
  loseAnswers: boolean;
  /** Breaks all connections. */
  cut(): void;
  stop(): Promise<void>;
}

/** Stands in front of a TCP server and makes its network fail. */
export async function startTcpProxy(targetPort: () => number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    const target = connect(targetPort(), '127.0.0.1');
    keep(client);
    keep(target);
    client.pipe(target);
    target.on('data', (chunk) => {
      if (!proxy.loseAnswers) client.write(chunk);
    });
    target.on('close', () => client.destroy());
    client.on('close', () => target.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const proxy: TcpProxy = {
    port: (server.address() as { port: number }).port,
    loseAnswers: false,
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    stop: async () => {
      proxy.cut();
      await new Promise((closed) => server.close(closed));
    },
  };
  return proxy;
}
