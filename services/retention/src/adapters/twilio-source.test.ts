import { describe, expect, it } from 'vitest';
import { twilioSource } from './twilio-source.ts';

const key = { accountSid: `AC${'1'.repeat(32)}`, recordingSid: `RE${'2'.repeat(32)}` };
const now = new Date('2026-11-21T10:00:00Z');
const nothing = async () => {};
const daysAgo = (days: number) => new Date(now.getTime() - days * 24 * 3_600_000);

/** Twilio's two answers: to the deletion, and to the fresh look. */
const source = (deleted: 'deleted' | 'not-found', found: { status: string } | undefined) =>
  twilioSource({ deleteRecording: async () => deleted, fetchRecording: async () => found }, () => now);

describe('Twilio’s copy counts as gone', () => {
  it.each([
    ['deleted', 'deleted', { status: 'deleted' }, daysAgo(1)],
    ['already-gone', 'not-found', { status: 'deleted' }, daysAgo(1)],
    ['already-gone', 'not-found', undefined, daysAgo(41)],
    // One that never came to be was asked for every hour, for 40 days.
    ['already-gone', 'not-found', undefined, undefined],
    ['deleted', 'deleted', undefined, undefined],
  ] as const)('as %s when Twilio says %s and then shows %o', async (outcome, deleted, found, knownSince) => {
    expect(await source(deleted, found).deleteAndConfirm(key, knownSince, nothing)).toMatchObject({ outcome });
  });
});

// A look that answers 404 by mistake was once followed by a deletion that nobody had noted, and that no hold could see.
describe('Twilio is asked to delete', () => {
  it.each([
    ['shows it', { status: 'completed' }, true],
    ['shows that it is deleted', { status: 'deleted' }, false],
    ['shows nothing', undefined, false],
  ] as const)('only after a note, where it %s', async (_, found, isShown) => {
    const asked: unknown[] = [];
    const deleteRecording = async () => {
      asked.push('delete');
      return 'deleted' as const;
    };
    const place = twilioSource({ deleteRecording, fetchRecording: async () => found }, () => now);
    const note = async (shown: boolean) => void asked.push(shown);
    await place.deleteAndConfirm(key, daysAgo(50), note).catch(() => undefined);
    expect(asked).toEqual([isShown, 'delete']);
  });

  it('not at all where the note is refused', async () => {
    const deleteRecording = () => expect.fail('asked to delete');
    const place = twilioSource({ deleteRecording, fetchRecording: async () => undefined }, () => now);
    const held = () => Promise.reject(new Error('it is held'));
    await expect(place.deleteAndConfirm(key, daysAgo(50), held)).rejects.toThrow('it is held');
  });
});

describe('Twilio’s copy does not count as gone', () => {
  it('while it is still shown', async () => {
    const shown = source('deleted', { status: 'completed' });
    await expect(shown.deleteAndConfirm(key, daysAgo(1), nothing)).rejects.toThrow(
      /still shows the recording as completed/,
    );
  });

  // Another region or account answers that it knows no such recording; nothing was deleted anywhere.
  it('when Twilio has never heard of a recording that it would still show deleted', async () => {
    const unknown = source('not-found', undefined);
    await expect(unknown.deleteAndConfirm(key, daysAgo(39), nothing)).rejects.toThrow(/TWILIO_API_URL/);
  });
});
