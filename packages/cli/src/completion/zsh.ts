import type { Command } from '../command.ts';
import { bashCompletion } from './bash.ts';

/** zsh runs what is written for bash, in its own emulation of bash's completion. */
export const zshCompletion = (commands: readonly Command[]): string => `autoload -Uz bashcompinit && bashcompinit
${bashCompletion(commands)}`;
