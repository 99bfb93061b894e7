import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig as readIngestConfig } from '@onrecord/ingest/config';
import { startIngest } from '@onrecord/ingest/service';
import { readConfig as readRetentionConfig } from '@onrecord/retention/config';
import { startRetention } from '@onrecord/retention/service';
import type { Service } from '@onrecord/shared/lifecycle/service';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { createMetrics } from '@onrecord/shared/telemetry/metrics';
import { readConfig as readTranscriberConfig } from '@onrecord/transcriber/config';
import { startTranscriber } from '@onrecord/transcriber/service';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readPromql } from '../deployment/promql.ts';
import { describeWith } from '../servers/available.ts';
import { createDatabase } from '../servers/postgres.ts';

const readText = (name: string) => readFileSync(new URL(`../../deploy/${name}`, import.meta.url), 'utf8');

interface Panel {
  type: string;
  title: string;
  targets?: { expr: string; datasource: { uid: string } }[];
}
interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; action: string };
}

const dashboard: { panels: Panel[]; templating: { list: { name: string; type: string }[] } } = JSON.parse(
  readText('grafana/onrecord.json'),
);
const charts = dashboard.panels.filter(({ type }) => type !== 'row');
const rules = (parse(readText('prometheus/alerts.yml')).groups as { rules: Rule[] }[]).flatMap((group) => group.rules);
const expressions = [
  ...charts.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
];

/** Of a scraped target, whatever it exposes. */
const LABELS_OF_ANY = ['service', 'job', 'instance', 'le'];

/** What a process of each kind exposes, by the names that a query has for it. */
interface Exposed {
  type: string;
  help: string;
  labels: readonly string[];
}

describeWith('postgres', (postgres) => {
  const exposed = new Map<string, Exposed>();
  const scraped: string[] = [];
  const services: Service[] = [];
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onrecord-monitoring-'));
    const { url } = await createDatabase(postgres.url);
    const environment = {
      DATABASE_URL: url,
      EVENTS_URL: url,
      EVENTS_PARTITIONS: '1',
      RECORDINGS_BUCKET: `file:${folder}`,
      TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: 'token',
      TWILIO_API_URL: 'http://127.0.0.1:1',
      PUBLIC_BASE_URL: 'http://127.0.0.1',
      RECORDS_API_TOKEN: 'a-token-of-the-test',
      PSEUDONYM_KEY: 'a-pseudonym-key-of-32-characters',
      TRANSCRIPTION_PROVIDER: 'simulator',
      TRANSCRIPTION_URL: 'http://127.0.0.1:1',
      TRANSCRIPTION_BUDGET_PER_DAY: '10h',
      LISTEN_HOST: '127.0.0.1',
      PORT: '0',
      METRICS_PORT: '0',
    };
    const overridesOf = (service: string) => {
      const metrics = createMetrics(service);
      const expose = () => {
        for (const metric of metrics.getMetricsAsArray()) {
          const { name, help, labelNames, type } = metric as unknown as Exposed & {
            name: string;
            labelNames: string[];
          };
          for (const series of namesOf(name, type)) exposed.set(series, { type, help, labels: labelNames });
        }
      };
      return { overrides: { metrics, logger: createLogger({ service, level: 'silent' }) }, expose };
    };
    const run = async (
      name: string,
      start: (overrides: ReturnType<typeof overridesOf>['overrides']) => Promise<Service>,
    ) => {
      const { overrides, expose } = overridesOf(name);
      const service = await start(overrides);
      services.push(service);
      expose();
      const address = new URL('/metrics', service.addresses.metrics).href;
      scraped.push(await (await fetch(address)).text());
    };
    await run('retention', (overrides) => startRetention(readRetentionConfig(environment), overrides));
    await run('transcriber', (overrides) => startTranscriber(readTranscriberConfig(environment), overrides));
    await run('ingest', (overrides) => startIngest(readIngestConfig(environment), overrides));
  });
  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  test.each(expressions)('%s asks for what is exposed: %s', (_, expression) => {
    const { errors, grouping, selectors } = readPromql(expression);
    expect(errors).toEqual([]);
    expect(selectors.length).toBeGreaterThan(0);
    const unknown = selectors.filter(({ metric }) => !exposed.has(metric)).map(({ metric }) => metric);
    expect(unknown).toEqual([]);
    const labelsOf = (metric: string) => [...LABELS_OF_ANY, ...(exposed.get(metric)?.labels ?? [])];
    for (const { metric, labels } of selectors) expect(labelsOf(metric)).toEqual(expect.arrayContaining(labels));
    expect(selectors.flatMap(({ metric }) => labelsOf(metric))).toEqual(expect.arrayContaining(grouping));
  });

  test('what a scrape reads is what the registries hold', () => {
    const names = scraped.flatMap((text) => [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name ?? ''));
    expect(names.length).toBeGreaterThan(50);
    expect(names.filter((name) => !exposed.has(name))).toEqual([]);
  });

  test('every metric of ours says what it is, in base units, a counter by _total', () => {
    const ours = [...exposed].filter(([name]) => name.startsWith('onrecord_'));
    expect(ours.length).toBeGreaterThan(20);
    for (const [name, { type, help }] of ours) {
      expect(help, name).toMatch(/^.{10,}\.$/s);
      expect(name).not.toMatch(/_(ms|milliseconds|minutes|kb|mb|percent)(_|$)/);
      expect(name.endsWith('_total'), name).toBe(type === 'counter');
    }
  });
});

describe('the dashboard and the alerts', () => {
  test('ask the data source that a person chooses', () => {
    expect(dashboard.templating.list).toMatchObject([{ name: 'datasource', type: 'datasource' }]);
    const sources = charts.flatMap(({ targets = [] }) => targets.map(({ datasource }) => datasource.uid));
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana
    expect(new Set(sources)).toEqual(new Set(['${datasource}']));
  });

  test('every alert says what happened and what to do, under a name of its own', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { alert, annotations, labels } of rules) {
      expect(alert).toMatch(/^Onrecord[A-Z]/);
      expect(['critical', 'warning']).toContain(labels.severity);
      expect(annotations.summary.length).toBeGreaterThan(20);
      expect(annotations.action.length).toBeGreaterThan(20);
    }
  });

  test('an expression that is none, and one of a metric that does not exist, are found', () => {
    expect(readPromql('sum(rate(x[5m])').errors).not.toEqual([]);
    expect(readPromql('sum by (a) (x{b="c"})')).toEqual({
      errors: [],
      selectors: [{ metric: 'x', labels: ['b'] }],
      grouping: ['a'],
    });
  });
});

/** A histogram is queried by its parts. */
const namesOf = (name: string, type: string) =>
  type === 'histogram' ? [name, ...['bucket', 'sum', 'count'].map((part) => `${name}_${part}`)] : [name];
