import type { Logger } from '@onrecord/shared/telemetry/logger';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { BreakerSettings } from '../domain/breaker.ts';
import { createDependency, type Dependency, type DependencyNews } from './dependency.ts';

/** Everybody that this process asks, each with a breaker of its own, which is logged and counted. */
export interface Dependencies {
  /** The one of this name, from now on. */
  named(name: string): Dependency;
}

export interface DependenciesOptions extends BreakerSettings {
  now(): Date;
  logger: Pick<Logger, 'info' | 'warn'>;
  registry: Registry;
}

export function createDependencies({ logger, registry, ...options }: DependenciesOptions): Dependencies {
  const known = new Map<string, Dependency>();
  const pauses = new Counter({
    name: 'onrecord_transcriber_dependency_pauses_total',
    help: 'How often a dependency was left alone, by why: busy (it asked for that) or away.',
    labelNames: ['dependency', 'trouble'],
    registers: [registry],
  });
  new Gauge({
    name: 'onrecord_transcriber_dependency_blocked',
    help: '1 while a dependency is left alone or tried out, else 0.',
    labelNames: ['dependency'],
    registers: [registry],
    collect() {
      for (const { name, isBlocked } of known.values()) this.set({ dependency: name }, isBlocked() ? 1 : 0);
    },
  });
  const onNews = (news: DependencyNews) => {
    if (news.state === 'left-alone') pauses.inc({ dependency: news.name, trouble: news.trouble });
    tell(logger, news);
  };
  return {
    named(name) {
      const dependency = known.get(name) ?? createDependency(name, { ...options, onNews });
      known.set(name, dependency);
      return dependency;
    },
  };
}

function tell(logger: DependenciesOptions['logger'], { name, reason, state, trouble, waitMs }: DependencyNews): void {
  if (state === 'left-alone') {
    logger.warn({ name, cause: trouble, reason, retryAfterMs: waitMs }, 'a dependency is left alone for a while');
  } else {
    logger.info({ name, cause: trouble }, state === 'back' ? 'a dependency is back' : 'a dependency is tried out');
  }
}
