import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findPython } from './find-python.ts';
import { installWhisper } from './install.ts';

/**
 * Stands for a Python that makes environments with itself in them, and installs nothing: what is tested is which of its
 * environments is taken for whole. The real one is in the conformance suite. `pip` obeys the first line of `pip-does`.
 */
const PYTHON = `#!/bin/sh
here=$(cat "$(dirname "$0")/home" 2>/dev/null || dirname "$0")
echo "$1 $2 $3" >> "$here/calls"
case "$1 $2" in
  "-c import sys;"*) echo 3.12 ;;
  "-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && echo "$here" > "$3/bin/home" ;;
  "-m pip") eval "$(cat "$here/pip-does" 2>/dev/null)" ;;
esac
`;

async function place() {
  const home = await mkdtemp(join(tmpdir(), 'onrecord-whisper-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const python = join(home, 'python');
  await writeFile(python, PYTHON);
  await chmod(python, 0o755);
  const printed: string[] = [];
  const install = (signal = new AbortController().signal) =>
    installWhisper({ folder: join(home, 'whisper'), pythons: [python], print: (line) => printed.push(line), signal });
  const pips = async () =>
    (await readFile(join(home, 'calls'), 'utf8')).split('\n').filter((line) => line.startsWith('-m pip')).length;
  return {
    home,
    python,
    printed,
    install,
    pips,
    pipDoes: (script: string) => writeFile(join(home, 'pip-does'), script),
  };
}

test('installs once, with the size announced, and the next start uses what is there', async () => {
  const { home, install, pips, printed } = await place();
  const python = await install();
  expect(python).toBe(join(home, 'whisper/venv/bin/python'));
  expect(printed[0]).toContain('540 MB');
  printed.length = 0;
  expect(await install()).toBe(python);
  expect(printed).toEqual([]);
  expect(await pips()).toBe(1);
});

test('an installation that failed says why, and is begun again', async () => {
  const { install, pipDoes, pips } = await place();
  await pipDoes('echo "WARNING: Retrying" >&2; echo "ERROR: No matching distribution found for av" >&2; exit 1');
  await expect(install()).rejects.toThrow(
    /^--speech whisper: its packages cannot be installed \(ERROR: No matching .* av\): .*network.*start again/,
  );
  await pipDoes('');
  await install();
  expect(await pips()).toBe(2);
});

test('an installation that was interrupted is not taken for whole', async () => {
  const { home, install, pipDoes, pips } = await place();
  await pipDoes(`touch "$here/pip-runs"; exec sleep 60`);
  const interruption = new AbortController();
  const installing = install(interruption.signal);
  await expect.poll(() => readFile(join(home, 'pip-runs'), 'utf8').catch(() => 'not yet')).toBe('');
  interruption.abort(new Error('interrupted'));
  await expect(installing).rejects.toThrow('interrupted');
  await pipDoes('');
  await install();
  expect(await pips()).toBe(2);
});

test('other versions than those that are installed are installed anew', async () => {
  const { home, install, pips } = await place();
  await install();
  await writeFile(join(home, 'whisper/installed'), 'of an earlier version\n');
  await install();
  expect(await pips()).toBe(2);
});

test('a full disk is named', async () => {
  const { install, pipDoes } = await place();
  await pipDoes(
    'echo "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device" >&2; exit 1',
  );
  await expect(install()).rejects.toThrow(/free 1 GB/);
});

test('a machine without a Python that will do is told what it has', async () => {
  const { home } = await place();
  const old = join(home, 'old');
  await writeFile(old, '#!/bin/sh\necho 3.9\n');
  const bare = join(home, 'bare');
  await writeFile(bare, '#!/bin/sh\necho 3.12; echo "No module named ensurepip" >&2; exit 1\n');
  for (const each of [old, bare]) await chmod(each, 0o755);
  const { signal } = new AbortController();
  await expect(findPython(signal, [join(home, 'none')])).rejects.toThrow(/there is none of .*apt install python3/);
  await expect(findPython(signal, [old, bare])).rejects.toThrow(
    /old is 3\.9, .*bare is 3\.12 without venv or ensurepip/,
  );
});
