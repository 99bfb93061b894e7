import { type Document, isMap, isNode, isScalar, isSeq, type LineCounter } from 'yaml';
import type { Fault } from './fault.ts';

/** Where a fault is in the text; of what is missing, where it should be. */
export function placeOf(document: Document, lines: LineCounter, { path, about }: Fault): { line: number; col: number } {
  let node: unknown = document.contents;
  let offset = offsetOf(node) ?? 0;
  for (const [index, key] of path.entries()) {
    const isLast = index === path.length - 1;
    if (isSeq(node)) node = node.items[Number(key)];
    else if (isMap(node)) {
      const pair = node.items.find((item) => (isScalar(item.key) ? item.key.value : item.key) === key);
      if (isLast && about === 'key') return lines.linePos(offsetOf(pair?.key) ?? offset);
      // Of a section, its key tells more than where its first line begins.
      offset = offsetOf(pair?.key) ?? offset;
      node = pair?.value;
    } else break;
    if (isScalar(node) || (isNode(node) && isSeq(node) && !isLast)) offset = offsetOf(node) ?? offset;
    else if (isMap(node) && typeof key === 'number') offset = offsetOf(node) ?? offset;
  }
  return lines.linePos(offset);
}

const offsetOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);
