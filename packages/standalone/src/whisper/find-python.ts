import { WhisperUnavailableError } from './errors.ts';
import { runProgram } from './run-program.ts';

/** Those that the pinned packages were tried with come first. */
const PYTHONS = ['python3.11', 'python3.12', 'python3.13', 'python3.14', 'python3'];
/** Older ones have no packages of the pinned versions (numpy, onnxruntime). */
const OLDEST = [3, 11] as const;
const PROBE = 'import sys; print("%d.%d" % sys.version_info[:2]); import venv, ensurepip';

/**
 * A Python that can make virtual environments.
 * @throws WhisperUnavailableError when there is none, saying what there is
 */
export async function findPython(signal: AbortSignal, candidates: readonly string[] = PYTHONS): Promise<string> {
  const found: string[] = [];
  for (const command of candidates) {
    const { status, stdout } = await runProgram(command, ['-c', PROBE], { signal });
    const version = /^(\d+)\.(\d+)$/m.exec(stdout);
    if (version === null) continue;
    const [major, minor] = [Number(version[1]), Number(version[2])];
    const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
    if (!isOld && status === 0) return command;
    found.push(`${command} is ${version[0]}${isOld ? '' : ' without venv or ensurepip'}`);
  }
  const there = found.length === 0 ? `there is none of ${candidates.join(', ')}` : found.join(', ');
  throw new WhisperUnavailableError(
    `--speech whisper needs Python ${OLDEST.join('.')} or later with venv and pip, and ${there}: install it (Debian and Ubuntu: apt install python3 python3-venv) and start again`,
  );
}
