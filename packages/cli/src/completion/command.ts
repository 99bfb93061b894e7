import type { Command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { zshCompletion } from './zsh.ts';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };
const isShell = (text: string | undefined): text is keyof typeof SHELLS => text !== undefined && text in SHELLS;

/** The command that writes what a shell needs to complete the others. */
export const completionOf = (commands: readonly Command[]): Command => ({
  name: 'completion',
  summary: 'print what a shell needs to complete these commands',
  help: `onrecord completion bash|zsh|fish

  Completes nouns, verbs, flags and the values of flags for a command called onrecord, such as
  \`onrecord() { npx -y pnpm@10 --silent --dir /where/onrecord/is onrecord "$@"; }\` in the shell's start file.

  bash   eval "$(onrecord completion bash)"                                          in ~/.bashrc
  zsh    eval "$(onrecord completion zsh)"                                           in ~/.zshrc, after compinit
  fish   onrecord completion fish > ~/.config/fish/completions/onrecord.fish         once, and after an update`,
  options: {},
  run: async ({ print }, { positionals: [shell, ...more] }) => {
    if (!isShell(shell) || more.length > 0) throw new UsageError('say which shell: onrecord completion bash|zsh|fish');
    print(SHELLS[shell](commands));
  },
});
