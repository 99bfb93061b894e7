import { type ProviderLeg, type SendLeg, startProviderLeg } from './provider-leg.ts';
import type { Release, Slots } from './slots.ts';

/** All provider legs of this process: a slot each, and what they hold in memory. */
export interface ProviderLegs {
  /** `undefined` when the provider has all the requests it may have: the recording is then read from the store later. */
  tryStart(send: SendLeg): ProviderLeg | undefined;
  bufferedBytes(): number;
}

export function createProviderLegs(
  { lagBytesMax, lagBytesMaxOfAll, slots }: { lagBytesMax: number; lagBytesMaxOfAll: number; slots: Slots },
  onEnd: (outcome: 'answered' | 'cut' | 'failed') => void,
): ProviderLegs {
  const legs = new Set<ProviderLeg>();
  const track = (leg: ProviderLeg, release: Release) => {
    legs.add(leg);
    void leg.outcome.then(({ kind }) => {
      legs.delete(leg);
      release();
      onEnd(kind);
    });
    return leg;
  };
  const bufferedBytes = () => {
    let sum = 0;
    for (const leg of legs) sum += leg.bufferedBytes();
    return sum;
  };
  const hasRoom = (bytes: number) => bufferedBytes() + bytes <= lagBytesMaxOfAll;
  return {
    tryStart(send) {
      const release = slots.tryTake();
      return release && track(startProviderLeg(lagBytesMax, send, hasRoom), release);
    },
    bufferedBytes,
  };
}
