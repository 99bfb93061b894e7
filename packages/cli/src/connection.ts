import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CommandError } from './errors.ts';

/** Where the records API is, and the token for it. */
export interface Connection {
  url: string;
  token: string;
  /** Where the address is from: `ONRECORD_API_URL`, or the path of a file. */
  source: string;
}

/** Written by `npx -y pnpm@10 start` into its data folder, readable by its user alone. */
const RECORDS_API_FILE = 'records-api.json';
const fileContent = z.looseObject({ url: z.url(), token: z.string().min(1) });

/**
 * By ONRECORD_API_URL and RECORDS_API_TOKEN; without them, from the data folder of an Onrecord on this machine.
 * @throws CommandError with what to set or to start
 */
export async function findConnection(environment: Readonly<Record<string, string | undefined>>): Promise<Connection> {
  const { ONRECORD_API_URL: url, RECORDS_API_TOKEN: token, ONRECORD_DATA_DIR: dataDir } = environment;
  if (url) {
    if (!isAddress(url))
      throw new CommandError(`ONRECORD_API_URL is "${url}": give an address such as http://127.0.0.1:8081`);
    if (!token)
      throw new CommandError(
        'ONRECORD_API_URL is set and RECORDS_API_TOKEN is not: set it to the token of that records API',
      );
    if (!TOKEN.test(token))
      throw new CommandError('RECORDS_API_TOKEN has a character that no token has, or a line break');
    return { url, token, source: 'ONRECORD_API_URL' };
  }
  return readConnection(join(dataDir || 'data', RECORDS_API_FILE));
}

const isAddress = (text: string) => /^https?:\/\/[^@?#\s]+$/.test(text) && URL.canParse(text);
/** What fits into a header. */
const TOKEN = /^[\x21-\x7e]+$/;

async function readConnection(path: string): Promise<Connection> {
  try {
    return { ...fileContent.parse(JSON.parse(await readFile(path, 'utf8'))), source: path };
  } catch (error) {
    if (isMissing(error)) {
      throw new CommandError(
        `no Onrecord was started in this folder (there is no ${path}): start it with \`npx -y pnpm@10 start\`, ` +
          'or set ONRECORD_API_URL and RECORDS_API_TOKEN',
      );
    }
    throw new CommandError(`${path} is not usable (${reasonOf(error)}): \`npx -y pnpm@10 start\` writes it anew`);
  }
}

const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT';

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) return 'it has no url and token';
  return error instanceof SyntaxError ? 'it is not JSON' : (error as Error).message;
}
