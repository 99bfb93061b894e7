import { expect, it } from 'vitest';
import { recordingFolder } from './recording-folder.ts';

const place = { accountSid: 'AC1', recordingSid: 'RE1', startedAt: '2026-03-01T01:30:00+02:00' };

it('files a recording by account, date in UTC, call and recording', () => {
  expect(recordingFolder({ ...place, callSid: 'CA1' })).toBe('AC1/2026/02/28/CA1/RE1/');
});

it('files a conference recording by its conference, and one without either apart', () => {
  expect(recordingFolder({ ...place, conferenceSid: 'CF1' })).toBe('AC1/2026/02/28/CF1/RE1/');
  expect(recordingFolder(place)).toBe('AC1/2026/02/28/no-call/RE1/');
});
