import type { Place, VoiceFile } from './voice-file.ts';

/** A path into the file, as a person would write it: `menus.main.choices[0].go`. */
export const pathText = (path: readonly PropertyKey[]): string =>
  path.map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at === 0 ? '' : '.'}${String(part)}`)).join('');

type NodeKind = 'menu' | 'destination' | 'voicemail';
export const SECTIONS = { menu: 'menus', destination: 'destinations', voicemail: 'voicemails' } as const;

/** One way from a node, or from the start, to another place. */
export interface Edge {
  /** `menu main`; undefined at the start. */
  from: string | undefined;
  path: readonly PropertyKey[];
  go: Place;
  /** Taken though nobody presses a key. */
  isAutomatic: boolean;
}

export const nodeName = (kind: NodeKind, name: string) => `${kind} ${name}`;

/** What a place leads to, where that is a node of the file. */
export function target(go: Place): { kind: NodeKind; name: string; node: string } | undefined {
  const at = (kind: NodeKind, name: string) => ({ kind, name, node: nodeName(kind, name) });
  if ('menu' in go) return at('menu', go.menu);
  if ('destination' in go) return at('destination', go.destination);
  return 'voicemail' in go ? at('voicemail', go.voicemail) : undefined;
}

/** Every way of the file. */
export function edgesOf(file: VoiceFile): Edge[] {
  const ofMenus = Object.entries(file.menus).flatMap(([name, menu]): Edge[] => {
    const from = nodeName('menu', name);
    const choices = menu.choices.flatMap(({ go }, at) =>
      'repeat' in go ? [] : [{ from, path: ['menus', name, 'choices', at, 'go'], go, isAutomatic: false }],
    );
    return [...choices, { from, path: ['menus', name, 'afterRetries'], go: menu.afterRetries, isAutomatic: true }];
  });
  const ofDestinations = Object.entries(file.destinations).flatMap(([name, { after }]) =>
    Object.entries(after).flatMap(([outcome, go]): Edge[] => {
      const path = ['destinations', name, 'after', outcome];
      return go === undefined ? [] : [{ from: nodeName('destination', name), path, go, isAutomatic: true }];
    }),
  );
  return [{ from: undefined, path: ['start'], go: file.start, isAutomatic: true }, ...ofMenus, ...ofDestinations];
}
