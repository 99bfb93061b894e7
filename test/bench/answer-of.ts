import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** The next message of a worker. @throws Error when it ends instead */
export async function answerOf(worker: ChildProcess): Promise<unknown> {
  const answered = new AbortController();
  const ended = once(worker, 'exit', { signal: answered.signal }).then(([status]) => {
    throw new Error(`the worker ended with status ${status}`);
  });
  ended.catch(() => {});
  const [answer] = await Promise.race([once(worker, 'message'), ended]);
  answered.abort();
  return answer;
}
