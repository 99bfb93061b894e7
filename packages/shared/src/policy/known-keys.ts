import { policyJsonSchema } from './policy-schema.ts';

interface Node {
  properties?: Record<string, Node>;
  items?: Node;
  anyOf?: Node[];
}

/** What may stand at a place of a policy. */
export function keysAt(path: readonly PropertyKey[]): string[] {
  let node: Node | undefined = policyJsonSchema() as Node;
  for (const key of path) {
    node = typeof key === 'number' ? node?.items : sectionOf(node)?.properties?.[String(key)];
  }
  return Object.keys(sectionOf(node)?.properties ?? {});
}

/** Of a choice, the one with keys. */
const sectionOf = (node: Node | undefined): Node | undefined =>
  node?.properties === undefined ? (node?.anyOf?.find(({ properties }) => properties !== undefined) ?? node) : node;
