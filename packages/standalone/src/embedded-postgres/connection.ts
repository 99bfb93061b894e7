import pg from 'pg';
import { type Cluster, DATABASE_USER } from './cluster.ts';

const DATABASE = 'onrecord';
/** Every cluster has it from the start. */
const MAINTENANCE_DATABASE = 'postgres';
const CONNECT_TIMEOUT_MS = 5_000;

export function connectionUrl(cluster: Cluster, port: number, database = DATABASE): string {
  return `postgres://${DATABASE_USER}:${encodeURIComponent(cluster.password)}@127.0.0.1:${port}/${database}`;
}

/** Why the server does not answer yet; undefined when it does. */
export async function whyUnreachable(cluster: Cluster, port: number): Promise<string | undefined> {
  try {
    await withClient(connectionUrl(cluster, port, MAINTENANCE_DATABASE), (client) => client.query('SELECT 1'));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message || String(error) : String(error);
  }
}

export async function ensureDatabase(cluster: Cluster, port: number): Promise<void> {
  await withClient(connectionUrl(cluster, port, MAINTENANCE_DATABASE), async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  });
}

async function withClient(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // A connection that breaks also rejects what waits for it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
