import { type Edge, edgesOf, nodeName, SECTIONS, target } from './places.ts';
import { named, type VoiceFile } from './voice-file.ts';

/** One fault of a voice file, with its remedy. */
export interface Fault {
  path: readonly PropertyKey[];
  message: string;
}

/** Numbers that are dialled one after another though the caller does nothing. */
const DIALS_IN_TURN_MAX = 5;

/** What is wrong with the ways through the file: where they end nowhere, never end, or never lead. */
export function checkWays(file: VoiceFile): Fault[] {
  const edges = edgesOf(file);
  const missing = edges.flatMap(({ path, go }): Fault[] => {
    const to = target(go);
    if (to === undefined || named<object>(file[SECTIONS[to.kind]], to.name) !== undefined) return [];
    const known = Object.keys(file[SECTIONS[to.kind]]).join(', ') || 'none yet';
    return [{ path, message: `there is no ${to.node}: add it to ${SECTIONS[to.kind]}, which has ${known}` }];
  });
  // A way that ends nowhere makes everything behind it look unreachable.
  return missing.length > 0 ? missing : [...unreachable(file, edges), ...endless(edges)];
}

function unreachable(file: VoiceFile, edges: readonly Edge[]): Fault[] {
  const reached = new Set<string | undefined>([undefined]);
  for (const from of reached) {
    for (const edge of edges) if (edge.from === from) reached.add(target(edge.go)?.node);
  }
  return (['menu', 'destination', 'voicemail'] as const).flatMap((kind) =>
    Object.keys(file[SECTIONS[kind]])
      .filter((name) => !reached.has(nodeName(kind, name)))
      .map((name) => ({
        path: [SECTIONS[kind], name],
        message: 'nothing leads here: lead a choice to it, or remove it',
      })),
  );
}

/** Follows what happens when the caller does nothing, from each node. */
function endless(edges: readonly Edge[]): Fault[] {
  const automatic = edges.filter(({ isAutomatic }) => isAutomatic);
  const follow = (edge: Edge, passed: readonly string[]): Fault[] => {
    const to = target(edge.go);
    if (to === undefined) return [];
    if (passed.includes(to.node)) {
      const round = [...passed.slice(passed.indexOf(to.node)), to.node].join(', ');
      return [
        { path: edge.path, message: `this goes round without end (${round}): end the call here, or lead elsewhere` },
      ];
    }
    const way = [...passed, to.node];
    if (way.filter((node) => node.startsWith('destination ')).length > DIALS_IN_TURN_MAX) {
      return [
        { path: edge.path, message: `more than ${DIALS_IN_TURN_MAX} numbers are dialled in turn: end the call here` },
      ];
    }
    return automatic.filter(({ from }) => from === to.node).flatMap((next) => follow(next, way));
  };
  const faults = edges.flatMap((edge) => follow(edge, edge.from === undefined ? [] : [edge.from]));
  const bySite = new Map(faults.map((fault) => [fault.path.join('.'), fault]));
  return [...bySite.values()];
}
