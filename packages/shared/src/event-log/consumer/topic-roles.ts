import { deadLetterTopic, type RetryPolicy, type RetryTopic, retryTopics } from '../failure-policy.ts';

/** What a topic that a consumer reads is to it. */
export interface TopicRole {
  name: string;
  /** The topic whose events these are: itself, or the one that a retry topic serves. */
  origin: string;
  /** How long records wait in this topic, in milliseconds; 0 in a main topic. */
  delayMs: number;
  /** Of the origin, shortest delay first. */
  retries: readonly RetryTopic[];
  deadLetter: string;
}

/** The topics and their retry topics, by name. */
export function topicRoles(topics: readonly string[], policy: RetryPolicy): ReadonlyMap<string, TopicRole> {
  const roles = new Map<string, TopicRole>();
  for (const origin of topics) {
    const retries = retryTopics(origin, policy);
    const shared = { origin, retries, deadLetter: deadLetterTopic(origin) };
    roles.set(origin, { name: origin, delayMs: 0, ...shared });
    for (const { name, delayMs } of retries) roles.set(name, { name, delayMs, ...shared });
  }
  return roles;
}

/** The retry topic for a wait: the shortest that is long enough, or the longest, from which the record is queued again. */
export const retryTopicFor = (role: TopicRole, waitMs: number): string =>
  (role.retries.find(({ delayMs }) => delayMs >= waitMs) ?? role.retries.at(-1))?.name ?? role.deadLetter;
