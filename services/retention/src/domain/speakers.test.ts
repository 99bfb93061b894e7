import { expect, it } from 'vitest';
import { conferenceRecording } from '../testing/given.ts';
import { type Joined, speakersOf } from './speakers.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 21, 12, 0, second));
const agent = { label: 'agent', joinedAt: at(0) };
const customer = { label: 'customer', joinedAt: at(3) };

const rolesOf = (joined: Joined[], channels = 2) =>
  speakersOf(conferenceRecording({ channels }), { order: 'child-first', bySource: new Map() }, { joined })?.map(
    ({ channel, role }) => `${channel} ${role}`,
  );

it('in a conference of two, who joined first is on the first channel', () => {
  expect(rolesOf([agent, customer])).toEqual(['0 agent', '1 customer']);
  expect(rolesOf([{ joinedAt: at(0) }, { joinedAt: at(3) }])).toEqual(['0 first participant', '1 second participant']);
});

it('everybody else is on the second one', () => {
  expect(rolesOf([agent, customer, { joinedAt: at(9) }])).toEqual(['0 agent', '1 other participants']);
});

it('two of one name are told apart by their order', () => {
  expect(rolesOf([agent, { ...agent, joinedAt: at(3) }])).toEqual(['0 first participant', '1 second participant']);
});

it('nobody is guessed: joined in one moment, not known to have joined, or mixed into one channel', () => {
  expect(rolesOf([agent, { ...customer, joinedAt: at(0) }])).toBeUndefined();
  expect(rolesOf([agent])).toBeUndefined();
  expect(rolesOf([])).toBeUndefined();
  expect(rolesOf([agent, customer], 1)).toBeUndefined();
});
