import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';

/** After this, TCP asks whether the other end still lives. */
const KEEP_ALIVE_AFTER_MS = 10_000;

/**
 * The sockets of one kafkajs client. kafkajs goes on with what it has begun after `disconnect`, and connects anew for it: only
 * without sockets does it come to an end.
 */
export class Connections {
  readonly #sockets = new Set<Socket>();
  #cut = false;

  readonly open: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    if (this.#cut) throw new Error('the client is closed');
    const socket = ssl
      ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect)
      : connectTcp({ host, port }, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_AFTER_MS);
    socket.setNoDelay(true);
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  };

  /** Ends all connections, and lets nobody open another one. */
  cut() {
    this.#cut = true;
    // Without an error kafkajs would wait for answers until each request's timeout.
    for (const socket of this.#sockets) socket.destroy(new Error('the client is closed'));
  }
}
