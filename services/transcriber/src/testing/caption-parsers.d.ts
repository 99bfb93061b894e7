/** W3C's parser and validator of WebVTT, which comes without types. */
declare module 'webvtt-parser' {
  export interface CueNode {
    type: 'object' | 'text' | 'timestamp';
    name?: string;
    value?: string;
    children?: CueNode[];
  }
  interface WebVTTParser {
    parse(
      text: string,
      kind: 'subtitles/captions/descriptions',
    ): {
      cues: { startTime: number; endTime: number; tree: { children: CueNode[] } }[];
      errors: { message: string; line: number; col: number }[];
    };
  }
  const parsers: { WebVTTParser: new (entities: Record<string, string>) => WebVTTParser };
  export default parsers;
}

/** The parser of the Vidstack player, whose own types are not found by Node's rules. */
declare module 'media-captions' {
  export function parseText(
    text: string,
    options: { type: 'srt'; strict: true; errors: true },
  ): Promise<{
    cues: { id: string; startTime: number; endTime: number; text: string }[];
    errors: { message: string; line: number }[];
  }>;
}
