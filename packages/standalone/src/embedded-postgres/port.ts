import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { DataFolderError } from './errors.ts';

/**
 * The port for a server on 127.0.0.1: the given one, else the one of the last start, else any that is free.
 * @throws DataFolderError when the given one is taken
 */
export async function choosePort(file: string, given?: number): Promise<number> {
  if (given !== undefined) {
    if (await bind(given)) return given;
    throw new DataFolderError(
      `port ${given} for the embedded Postgres is in use: stop what uses it, or choose another one`,
    );
  }
  const remembered = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
  return (remembered > 0 && (await bind(remembered))) || (await bind(0)) || 0;
}

export const rememberPort = (file: string, port: number) => writeFile(file, `${port}\n`);

/** The port, when nobody listens on it. */
function bind(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? undefined) : undefined));
    });
  });
}
