import { describe, expect, it } from 'vitest';
import { conferenceRecording, recording } from '../testing/given.ts';
import { type ChannelMap, parseChannelMap } from './channel-map.ts';
import { speakersOf } from './speakers.ts';

function rolesBy(text: string, recordingSource?: string, direction?: string) {
  const map = parseChannelMap(text);
  return (
    map &&
    speakersOf(recording({ recordingSource }), map, { direction })?.map(({ channel, role }) => `${channel} ${role}`)
  );
}

describe('the map of channels', () => {
  it('says which leg is on the first channel', () => {
    expect(rolesBy('parent-first', 'DialVerb')).toEqual(['0 caller', '1 called']);
    expect(rolesBy('child-first', 'DialVerb')).toEqual(['0 called', '1 caller']);
  });

  it('may differ by what made the recording', () => {
    const text = 'parent-first, Trunking=child-first, StartCallRecordingAPI=child-first';
    expect(rolesBy(text, 'Trunking')).toEqual(['0 called', '1 caller']);
    expect(rolesBy(text, 'StartCallRecordingAPI')).toEqual(['0 called', '1 caller']);
    expect(rolesBy(text, 'DialVerb')).toEqual(['0 caller', '1 called']);
    expect(rolesBy(text)).toEqual(['0 caller', '1 called']);
  });

  // On a call that was placed through the REST API the person called was the `caller` of the transcript.
  it.each([
    ['outbound-api', 'StartCallRecordingTwiML'],
    [undefined, 'OutboundAPI'],
  ])('a leg that was placed (%s, %s) is who was called', (direction, source) => {
    expect(rolesBy('parent-first', source, direction)).toEqual(['0 called', '1 connected']);
    expect(rolesBy('child-first', source, direction)).toEqual(['0 connected', '1 called']);
  });

  it('tells nobody apart where the channels are no legs', () => {
    const map = parseChannelMap('child-first') as ChannelMap;
    expect(speakersOf(recording({ channels: 1 }), map, { direction: 'inbound' })).toBeUndefined();
    expect(speakersOf(conferenceRecording({ channels: 2 }), map, {})).toBeUndefined();
  });

  it.each([
    '',
    'parent',
    'Trunking=child-first',
    'parent-first,',
    'parent-first,Trunk=child-first',
    'parent-first,Trunking=child-first=x',
    'parent-first,Trunking=child-first,Trunking=parent-first',
  ])('is not read from "%s"', (text) => {
    expect(parseChannelMap(text)).toBeUndefined();
  });
});
