import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startOrExplain } from '../servers/unavailable.ts';
import { fetchWhisper } from '../servers/whisper.ts';
import { runStandalone, standalonePlace } from './standalone-command.ts';

const fetched = await startOrExplain(fetchWhisper);
const title = 'reason' in fetched ? `start --speech whisper (skipped: ${fetched.reason})` : 'start --speech whisper';

describe.skipIf('reason' in fetched)(title, () => {
  test('transcribes the simulated calls truly, with nothing left to install', async () => {
    const { environment, folder, remove } = await standalonePlace();
    try {
      await mkdir(folder);
      if ('server' in fetched) await symlink(fetched.server, join(folder, 'whisper'));
      const { status, stderr, stdout } = await runStandalone(['--once', '--speech', 'whisper'], environment);
      expect(stderr).toBe('');
      expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ ok: true, transcribed: 3 });
      expect(status).toBe(0);
      expect(stdout).toMatch(/with a SIMULATED Twilio and a local Whisper/);
      expect(stdout).not.toMatch(/SIMULATED transcript|installing/);
      expect(stdout).toMatch(/called: .*how can I help/i);
      expect(stdout).toMatch(/caller: .*my order came without the hinges/i);
    } finally {
      await remove();
    }
  });
});
