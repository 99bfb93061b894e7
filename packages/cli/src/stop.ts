import { CommandError } from './errors.ts';
import { EXIT } from './exit-status.ts';
import type { Terminal } from './terminal.ts';

/** Ends a command where a person stops it: with what it leaves behind told, and nothing half-written left. */
export function createStop({ stopped, draw }: Terminal) {
  let leave = async () => 'nothing half-written is left; what was asked for before that may still be done';
  return {
    whenStopped: (told: () => Promise<string>) => {
      leave = told;
    },
    /** @throws CommandError as soon as it is stopped; what `work` does then is looked at no more */
    async orStopped(work: () => Promise<void>): Promise<void> {
      if (stopped === undefined) return work();
      const { promise, reject } = Promise.withResolvers<never>();
      const stop = () => {
        // The bar, if one is drawn, is on the line where this would go.
        draw?.('\r\u001b[K');
        leave().then((told) => reject(new CommandError(`stopped: ${told}`, EXIT.interrupted)), reject);
      };
      stopped.addEventListener('abort', stop, { once: true });
      await Promise.race([work(), promise]).finally(() => stopped.removeEventListener('abort', stop));
    },
  };
}
