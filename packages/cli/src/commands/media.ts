import { constants, createWriteStream } from 'node:fs';
import { access, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { explainFile } from '@onrecord/shared/file-system/explain-file';
import type { Command, CommandContext } from '../command.ts';
import { CommandError, UsageError } from '../errors.ts';
import { PURPOSE_HELP, purposeOption } from '../flags.ts';
import { tellSize } from '../progress.ts';
import { whatIsAt } from '../what-is-at.ts';
import { accountIn, accountOption, onlySid } from './sids.ts';

export const media: Command = {
  name: 'media',
  summary: 'fetch the audio of a recording into a file',
  help: `onrecord media RE… --out FILE [--force] [--account SID] [--purpose WHY]

  What was fetched of it before it broke off is in FILE.part, and is gone on with by the same command again.

  --out FILE     where to; nothing that is there is replaced
  --force        replace it
  --account SID  of this account alone; needed where two accounts know of the same SID
  ${PURPOSE_HELP}`,
  options: { ...accountOption, ...purposeOption, out: { type: 'string' }, force: { type: 'boolean' } },
  run: async (context, { values, positionals }) => {
    const sid = onlySid(positionals, ['RE'], 'onrecord media RE… --out call.wav');
    const { out } = values;
    if (typeof out !== 'string' || out === '') throw new UsageError('say where to: --out FILE');
    const there = await whatIsAt(out);
    if (there?.isFolder)
      throw new UsageError(`${out} is a folder: name a file in it, such as ${join(out, 'call.wav')}`);
    if (there && !values.force) throw new UsageError(`${out} is there already: name another file, or say --force`);
    await requireFolder(dirname(out));
    context.whenStopped(() => tellPart(out));
    const bytes = await fetchInto(context, `/v1/recordings/${sid}/media`, accountIn(values), `${out}.part`);
    await rename(`${out}.part`, out).catch((error: unknown) => cannotWrite(out, error));
    context.note(`${out}: ${tellSize(bytes)}`);
  },
};

/** What was fetched is not lost: a recording may be an hour of audio. */
async function tellPart(out: string): Promise<string> {
  const part = await whatIsAt(`${out}.part`);
  return part === undefined || part.bytes === 0
    ? `nothing of ${out} is there yet`
    : `${tellSize(part.bytes)} are in ${out}.part, and the same command again goes on from there`;
}

/** Looked at before anything is fetched: an access is on record from then on. */
async function requireFolder(folder: string): Promise<void> {
  try {
    await access(folder, constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const what =
      code === 'ENOENT' ? 'does not exist: make it' : `cannot be written to (${explainFile(error)}): mend that`;
    throw new CommandError(`the folder ${folder} ${what}, or name another file`);
  }
}

/** The hash of the whole that a part is of, on the part itself, so that no two recordings are put together. */
const tagFile = (part: string) => `${part}.etag`;

async function fetchInto(context: CommandContext, path: string, accountSid: string | undefined, part: string) {
  const there = (await whatIsAt(part))?.bytes ?? 0;
  const tag = await readText(tagFile(part));
  const isPart = there > 0 && tag !== undefined;
  const headers: Record<string, string> = isPart ? { range: `bytes=${there}-`, 'if-range': tag } : {};
  const answer = await (await context.api()).download(path, { accountSid }, headers);
  // All of it was there, and nothing is left to be fetched.
  if (answer === 'nothing-left') return finish(part, there);
  const from = answer.isPart ? there : 0;
  if (answer.etag !== undefined)
    await writeText(tagFile(part), answer.etag).catch((error: unknown) => cannotWrite(part, error));
  const total = from + answer.bytes;
  const progress = context.progress(part, tellSize);
  let done = from;
  try {
    const file = createWriteStream(part, { flags: from > 0 ? 'a' : 'w' });
    await pipeline(answer.body, counted, file);
  } catch (error) {
    throw new CommandError(
      `it broke off after ${tellSize(done)} of ${tellSize(total)} (${explainFile(error)}): the same command again goes on from there`,
    );
  } finally {
    progress.end();
  }
  if (done !== total)
    throw new CommandError(`${done} bytes came of ${total}: the same command again goes on from there`);
  return finish(part, done);

  async function* counted(source: AsyncIterable<Uint8Array>) {
    for await (const chunk of source) {
      done += chunk.byteLength;
      progress.at(done, total);
      yield chunk;
    }
  }
}

function cannotWrite(part: string, error: unknown): never {
  throw new CommandError(`${part} cannot be written (${explainFile(error)}): name another file`);
}

async function finish(part: string, bytes: number): Promise<number> {
  await rm(tagFile(part), { force: true });
  return bytes;
}

async function readText(path: string): Promise<string | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  return (await file.readFile('utf8').finally(() => file.close())) || undefined;
}

async function writeText(path: string, text: string): Promise<void> {
  const file = await open(path, 'w');
  await file.writeFile(text).finally(() => file.close());
}
