import { z } from 'zod';
import { CommandError } from './errors.ts';
import { readStarted } from './read-started.ts';

/** Something that commands talk to, and how it is found. */
export interface Api {
  name: string;
  /** The variables that name its address and its token. */
  urlSetting: string;
  tokenSetting: string;
  /** Written by `npx -y pnpm@10 start` into its data folder, readable by its user alone. */
  file: string;
  port: number;
}

export const RECORDS_API: Api = {
  name: 'a records API',
  urlSetting: 'ONRECORD_API_URL',
  tokenSetting: 'RECORDS_API_TOKEN',
  file: 'records-api.json',
  port: 8081,
};
/** On the port of ingest's metrics. */
export const INGEST_API: Api = {
  name: 'ingest on its metrics port',
  urlSetting: 'ONRECORD_INGEST_URL',
  tokenSetting: 'INGEST_API_TOKEN',
  file: 'ingest-api.json',
  port: 9464,
};

/** Where an API is, and the token for it. */
export interface Connection {
  api: Api;
  url: string;
  token: string;
  /** Where the address is from: the variable, or the path of a file. */
  source: string;
  tokenFrom: 'environment' | 'file';
}

const fileContent = z.object({ url: z.url(), token: z.string().min(1) });

/**
 * By its two variables, such as ONRECORD_API_URL and RECORDS_API_TOKEN; without an address, from the data folder of an Onrecord on
 * this machine, whose token the variable replaces.
 * @throws CommandError with what to set or to start
 */
export async function findConnection(
  environment: Readonly<Record<string, string | undefined>>,
  api: Api,
): Promise<Connection> {
  const { urlSetting, tokenSetting, port } = api;
  const [url, token] = [environment[urlSetting], environment[tokenSetting]];
  if (!url) {
    const what = { schema: fileContent, lacks: 'url and token', settings: `${urlSetting} and ${tokenSetting}` };
    const { found, path } = await readStarted(environment, api.file, what);
    if (token && !TOKEN.test(token)) throw oddToken(tokenSetting);
    const fromFile = { api, ...found, source: path };
    return token ? { ...fromFile, token, tokenFrom: 'environment' } : { ...fromFile, tokenFrom: 'file' };
  }
  if (!isAddress(url))
    throw new CommandError(`${urlSetting} is "${url}": give an address such as http://127.0.0.1:${port}`);
  if (!token)
    throw new CommandError(
      `${urlSetting} is set and ${tokenSetting} is not: set it to the one that it was started with`,
    );
  if (!TOKEN.test(token)) throw oddToken(tokenSetting);
  return { api, url, token, source: urlSetting, tokenFrom: 'environment' };
}

const oddToken = (setting: string) => new CommandError(`${setting} has a character that no token has, or a line break`);

const isAddress = (text: string) => /^https?:\/\/[^@?#\s]+$/.test(text) && URL.canParse(text);
/** What fits into a header. */
const TOKEN = /^[\x21-\x7e]+$/;
