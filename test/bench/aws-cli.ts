import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cached } from '../servers/cache-folder.ts';
import type { SeaweedFs } from '../servers/seaweedfs.ts';
import type { RelayMeasurement } from './relay-worker.ts';

const VERSION = '1.46.3';
const INSTALL_TIMEOUT_MS = 300_000;
const COPY_TIMEOUT_MS = 300_000;

const run = promisify(execFile);

/** What the two commands and their children came to: Python knows the peak memory of each process that it waited for, Node does not. */
const MEASURE = `
import json, resource, subprocess, sys, time
started = time.perf_counter()
curl = subprocess.Popen(['curl', '-sSf', sys.argv[1]], stdout=subprocess.PIPE)
subprocess.run([sys.executable, '-m', 'awscli', *sys.argv[2:]], stdin=curl.stdout, check=True)
seconds = time.perf_counter() - started
if curl.wait() != 0: sys.exit('curl failed')
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({'seconds': seconds, 'cpuSeconds': used.ru_utime + used.ru_stime, 'peakMemoryMiB': used.ru_maxrss / 1024}))
`;

/** `curl | aws s3 cp -`: a recording's way into S3 with the tools that are everywhere. The peak memory is that of `aws` itself. */
export async function relayByAwsCli(s3: SeaweedFs, sourceUrl: string, target: string): Promise<RelayMeasurement> {
  const python = join(await fetchAwsCli(), 'bin/python');
  const copy = ['s3', 'cp', '--quiet', '--endpoint-url', s3.endpoint, '-', target];
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
    AWS_DEFAULT_REGION: s3.region,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const { stdout } = await run(python, ['-c', MEASURE, sourceUrl, ...copy], { env, timeout: COPY_TIMEOUT_MS });
  return JSON.parse(stdout) as RelayMeasurement;
}

function fetchAwsCli(): Promise<string> {
  const announcement = `the AWS command line ${VERSION} (the awscli package from PyPI, 193 MB unpacked)`;
  return cached(`awscli-${VERSION}`, announcement, async (folder) => {
    await run('python3', ['-m', 'venv', '--copies', folder], { timeout: INSTALL_TIMEOUT_MS });
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `awscli==${VERSION}`];
    await run(join(folder, 'bin/python'), pip, { timeout: INSTALL_TIMEOUT_MS });
  });
}
