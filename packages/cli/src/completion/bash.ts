import type { Command } from '../command.ts';
import { followersOf } from './lines.ts';

/** Files are completed where nothing else is known: `--out` names one. */
export const bashCompletion = (commands: readonly Command[]): string => `_onrecord_words() {
  case "$1" in
${cases(commands)}
  esac
}
_onrecord() {
  local current=\${COMP_WORDS[COMP_CWORD]} words
  if ((COMP_CWORD == 1)); then words=$(_onrecord_words '')
  else
    local noun=\${COMP_WORDS[1]} last=\${COMP_WORDS[COMP_CWORD - 1]} command
    command="$noun \${COMP_WORDS[2]}"
    if ((COMP_CWORD == 2)) || [[ -z $(_onrecord_words "$command") ]]; then command=$noun; fi
    words=$(_onrecord_words "$command $last")
    if [[ -z $words ]]; then words=$(_onrecord_words "$command"); fi
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _onrecord onrecord`;

/** Words and flags have no character that a shell reads as more than itself. */
const cases = (commands: readonly Command[]) =>
  [...followersOf(commands)].map(([after, words]) => `    '${after}') echo '${words.join(' ')}' ;;`).join('\n');
