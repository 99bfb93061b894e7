import { parser } from '@prometheus-io/lezer-promql';

interface Query {
  /** Where the parser did not know what to do, by position. */
  errors: number[];
  /** What it reads, with the labels that it chooses by. */
  selectors: { metric: string; labels: string[] }[];
  /** What it groups by. */
  grouping: string[];
}

/** What a PromQL expression reads. Grafana's `$__rate_interval` stands for a duration. */
export function readPromql(expression: string): Query {
  const text = expression.replaceAll('$__rate_interval', '5m');
  const query: Query = { errors: [], selectors: [], grouping: [] };
  parser.parse(text).iterate({
    enter: ({ type, node, from, to }) => {
      if (type.isError) query.errors.push(from);
      if (type.name === 'VectorSelector') query.selectors.push({ metric: '', labels: [] });
      const selector = query.selectors.at(-1);
      const word = text.slice(from, to);
      if (type.name === 'Identifier' && node.parent?.name === 'VectorSelector' && selector) selector.metric = word;
      if (type.name !== 'LabelName') return;
      if (node.parent?.name === 'GroupingLabels') query.grouping.push(word);
      else selector?.labels.push(word);
    },
  });
  return query;
}
