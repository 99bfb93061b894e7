import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { explainFile } from '@onrecord/shared/file-system/explain-file';
import { checkArchive } from '../check-archive.ts';
import type { Command, CommandContext } from '../command.ts';
import { CommandError, UsageError } from '../errors.ts';
import { EXIT } from '../exit-status.ts';
import { purposeOption } from '../flags.ts';
import { tellSize } from '../progress.ts';
import { whatIsAt } from '../what-is-at.ts';
import { accountIn, accountOption } from './sids.ts';

/** It has what a person said. */
const OWNER_ALONE = 0o600;

export const exportSubject: Command = {
  name: 'export-subject',
  summary: 'write everything held on a telephone number into one archive',
  help: `onrecord export-subject NUMBER --out FILE --purpose WHY [--account SID]

  NUMBER         of the person, with its country: "+1 415 555 0100"
  --out FILE     where the tar archive goes; nothing that is there is replaced
  --purpose WHY  why it is read: kept with the access to each recording
  --account SID  of this account; the one that the service is set up with by default

FILE is there once the archive is whole: until then it is FILE.part, which is removed where something goes wrong. Every file in it is checked
against the hash in its manifest. Other people's numbers are masked; what they said is in the audio.`,
  options: { ...accountOption, ...purposeOption, out: { type: 'string' } },
  fields: { number: 'NUMBER' },
  run: async (context, { values, positionals }) => {
    if (positionals.length === 0)
      throw new UsageError('name a number: onrecord export-subject "+1 415 555 0100" --out person.tar --purpose …');
    const { out } = values;
    if (typeof out !== 'string' || out === '') throw new UsageError('say where to: --out FILE');
    if (values.purpose === undefined)
      throw new UsageError('say --purpose: what everything held on a person is read for');
    await refuseToReplace(out);
    const accountSid = accountIn(values);
    // Unquoted, a number with spaces is several words.
    const subject = { number: positionals.join(' '), ...(accountSid !== undefined && { accountSid }) };
    const part = `${out}.part`;
    const file = await openPart(part);
    context.whenStopped(async () => {
      const isThere = await rm(part).then(
        () => true,
        () => false,
      );
      return isThere ? `nothing was kept of ${out}` : `${out} is whole`;
    });
    try {
      const bytes = await fetchInto(context, file, part, subject);
      const { files, missing, hasCalls } = await checkArchive(part);
      await refuseToReplace(out);
      await rename(part, out);
      context.note(`${out}: ${files} file(s), ${tellSize(bytes)}`);
      if (!hasCalls) context.note('no call of this number is known: the archive tells of the person’s erasures alone');
      if (missing.length > 0) context.note(`not in the store any more: ${missing.join(', ')}`);
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  },
};

/** @throws UsageError */
async function refuseToReplace(out: string): Promise<void> {
  if (await whatIsAt(out)) throw new UsageError(`${out} is there already: name another file`);
}

/** Before anything is asked for: what cannot be written is not to be read either. @throws CommandError */
async function openPart(part: string): Promise<FileHandle> {
  try {
    return await open(part, 'wx', OWNER_ALONE);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new CommandError(`the folder ${dirname(part)} does not exist: make it, or name another file`);
    if (code !== 'EEXIST')
      throw new CommandError(`${part} cannot be written (${explainFile(error)}): name another file`);
    throw new CommandError(
      `${part} is there: another export is writing it, or one was killed; remove it where none is`,
      EXIT.conflict,
    );
  }
}

/** @returns the bytes that came */
async function fetchInto(context: CommandContext, file: FileHandle, part: string, subject: object): Promise<number> {
  const progress = context.progress(part, tellSize);
  let done = 0;
  try {
    const archive = await (await context.api()).archive('/v1/subject-exports', subject);
    for await (const chunk of archive) {
      await file.writeFile(chunk);
      done += chunk.byteLength;
      progress.at(done);
    }
    await file.sync();
    return done;
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(
      `it broke off after ${tellSize(done)} (${explainFile(error)}): nothing was kept, export it again`,
    );
  } finally {
    progress.end();
    await file.close();
  }
}
