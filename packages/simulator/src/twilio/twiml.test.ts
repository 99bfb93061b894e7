import { expect, test } from 'vitest';
import { parseTwiml } from './twiml.ts';

test('reads verbs with attributes, children and decoded text', () => {
  const verbs = parseTwiml(
    '<?xml version="1.0"?><!-- hello --><Response><Say voice="alice"> Tom &amp; J&#233;r&#xF4;me </Say><Dial><Number>+1</Number></Dial></Response>',
  );
  expect(verbs).toEqual([
    { name: 'Say', attributes: { voice: 'alice' }, children: [], text: 'Tom & Jérôme' },
    {
      name: 'Dial',
      attributes: {},
      text: '+1',
      children: [{ name: 'Number', attributes: {}, children: [], text: '+1' }],
    },
  ]);
});

test.each([
  ['<Response><Say>unclosed</Response>', '12100'],
  ['Not found', '12100'],
  ['<html></html>', '12102'],
])('refuses %s with error %s', (body, code) => {
  expect(() => parseTwiml(body)).toThrow(code);
});
