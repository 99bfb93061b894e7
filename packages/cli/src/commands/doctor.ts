import { SettingsError } from '@onrecord/shared/config/settings';
import type { Finding } from '@onrecord/shared/doctor/domain/finding';
import { examine } from '@onrecord/shared/doctor/examine';
import { readFiles } from '@onrecord/shared/doctor/read-files';
import { readDoctorSettings } from '@onrecord/shared/doctor/settings';
import type { Command, CommandContext } from '../command.ts';
import { CommandError, UsageError } from '../errors.ts';
import { jsonOption } from '../flags.ts';
import { refuseArguments } from '../positionals.ts';
import { formatTable } from '../table.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'check credentials, numbers, addresses and TLS before calls come',
  help: `onrecord doctor [--caller-id +1…]… [--json]

  Reads the environment that ingest is started with and the files that it names, asks Twilio and PUBLIC_BASE_URL, and says of each
  check what was seen and what to do. Nothing is changed. Ingest must be running. Exit status 1 when a check failed; warnings
  alone are 0.

  --caller-id +1…  a caller ID beside those of VOICE_FILE: must be a number of the account or verified; may be repeated
  --json           one JSON object a check, for programs`,
  options: { 'caller-id': { type: 'string', multiple: true }, ...jsonOption },
  run: async (context, { values, positionals }) => {
    refuseArguments(positionals);
    const callerIds = (values['caller-id'] ?? []) as readonly string[];
    const odd = callerIds.find((each) => !/^\+[1-9]\d{4,14}$/.test(each));
    if (odd !== undefined) throw new UsageError(`--caller-id is "${odd}": give an E.164 number such as +14155550100`);
    const settings = readSettings(context);
    const files = await readFiles(settings);
    const examined = {
      ...settings,
      ...files,
      ownSid: settings.own.accountSid,
      callerIds: [...new Set([...callerIds, ...files.callerIds])],
    };
    const findings = [...files.findings, ...(await examine(examined, context.network, () => new Date()))];
    if (values.json) for (const finding of findings) context.print(JSON.stringify(finding));
    else context.print(describe(findings));
    const failures = findings.filter(({ status }) => status === 'failed').length;
    if (failures > 0) throw new CommandError(`${failures} of ${findings.length} checks failed`);
  },
};

function readSettings({ environment }: CommandContext) {
  try {
    return readDoctorSettings(environment);
  } catch (error) {
    if (error instanceof SettingsError) throw new CommandError(error.message);
    throw error;
  }
}

/** Nothing is cut: a remedy that ends in `…` is none. */
function describe(findings: readonly Finding[]): string {
  const rows = findings.flatMap(({ status, check, seen, remedy }) => [
    [status, check, seen],
    ...(remedy === undefined ? [] : [['', '', `→ ${remedy}`]]),
  ]);
  return formatTable(['STATUS', 'CHECK', 'SEEN'], rows);
}
