import { execFile } from 'node:child_process';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../../packages/cli/src/main.ts');

export interface Ended {
  status: number;
  out: string;
  err: string;
}

/** Runs the real command line as its own process. @param environment where it finds the records API */
export function runOnrecord(args: readonly string[], environment: Record<string, string>): Promise<Ended> {
  const env = { PATH: process.env.PATH, ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { env }, (error, out, err) =>
      resolve({ status: Number(error?.code ?? 0), out, err }),
    );
  });
}
