import { describe, expect, test } from 'vitest';
import { parseFlags, UsageError } from './flags.ts';

describe('the command line', () => {
  test('starts with simulated calls and stays up when nothing is given', () => {
    expect(parseFlags([])).toEqual({ once: false, demo: true, check: false, help: false });
  });

  test('understands each flag, also behind the separator that pnpm hands over', () => {
    expect(parseFlags(['--once'])).toMatchObject({ once: true, demo: true });
    expect(parseFlags(['--', '--no-demo'])).toMatchObject({ once: false, demo: false });
    expect(parseFlags(['-h']).help).toBe(true);
    expect(parseFlags(['--check']).check).toBe(true);
  });

  test.each([['--onse'], ['once'], ['--once=yes'], ['-x']])('names %s as unknown and shows the usage', (arg) => {
    expect(() => parseFlags([arg])).toThrow(UsageError);
    expect(() => parseFlags([arg])).toThrow(new RegExp(`unknown argument "${arg}"[^]*usage:`));
  });

  test.each([
    ['--onec', '--once'],
    ['once', '--once'],
    ['--once=yes', '--once'],
    ['--nodemo', '--no-demo'],
  ])('suggests for %s what is nearest', (arg, meant) => {
    expect(() => parseFlags([arg])).toThrow(`unknown argument "${arg}": did you mean ${meant}?\n`);
  });

  test('suggests nothing for what is near to nothing', () => {
    expect(() => parseFlags(['--verbose'])).toThrow('unknown argument "--verbose"\n');
  });

  test('understands what is to transcribe, in both spellings', () => {
    expect(parseFlags(['--speech', 'whisper', '--once'])).toMatchObject({ speech: 'whisper', once: true });
    expect(parseFlags(['--no-demo', '--speech=whisper'])).toMatchObject({ speech: 'whisper', demo: false });
    expect(parseFlags([])).not.toHaveProperty('speech');
  });

  test.each([[['--speech']], [['--speech', '--once']], [['--speech=']], [['--speech', 'ears']]])(
    'names what %j leaves out',
    (args) => {
      expect(() => parseFlags(args)).toThrow(/--speech takes whisper.*usage:/s);
    },
  );

  test('refuses two flags that contradict each other', () => {
    expect(() => parseFlags(['--once', '--no-demo'])).toThrow(/give one of them/);
  });
});
