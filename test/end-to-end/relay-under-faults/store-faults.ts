import type { IncomingMessage } from 'node:http';
import type { Fault } from '../../servers/fault-proxy.ts';
import type { FaultPlan } from './fault-plan.ts';

const FAULTS = {
  'internal-error': { kind: 'answer', status: 500, code: 'InternalError' },
  'slow-down': { kind: 'answer', status: 503, code: 'SlowDown' },
  reset: { kind: 'reset' },
  'lost-answer': { kind: 'lose-answer' },
} as const satisfies Record<string, Fault>;
const KINDS = Object.keys(FAULTS) as (keyof typeof FAULTS)[];

/** Which requests to the object store fail; all of them are tried again within the attempt. */
export const storeFaults =
  (plan: FaultPlan) =>
  ({ method, url = '' }: IncomingMessage): Fault | undefined => {
    const { pathname, searchParams } = new URL(url, 'http://store');
    // The bucket and the uploads have new names in each run.
    const [, , ...key] = pathname.split('/');
    const step = ['uploads', 'uploadId', 'partNumber'].map((name) =>
      name === 'uploadId' ? searchParams.has(name) : searchParams.get(name),
    );
    const request = `${method} ${key.join('/')} ${step.join(' ')}`;
    const kind = plan.next({ side: 'store', request, kinds: KINDS, sid: undefined, attemptsLost: () => 0 });
    return kind && FAULTS[kind];
  };
