import { contentHash } from '../core/index.ts';
import { eventOf } from './event-row.ts';
import { type Format, isWrong } from './ingest.ts';

/**
 * OTTO's sessions as published: one session a line, {"session": 12, "events": [{"aid": 1, "ts": ms, "type": "clicks" |
 * "carts" | "orders"}]}. A session is an anonymous shopper. An event's id is the line's hash and its place in it.
 */
export const otto: Format = {
  name: 'otto',
  summary: "OTTO's sessions, JSON lines: {session, events: [{aid, ts, type}]}",
  example: 'tendril import otto train.jsonl',
  open: ({ now, out }) => ({
    line(text, line) {
      if (text.trim() === '') return;
      let row: { session?: unknown; events?: unknown } | null = null;
      try {
        row = JSON.parse(text);
      } catch {}
      if (typeof row !== 'object' || row === null || !Array.isArray(row.events) || row.session === undefined)
        return out.reject({
          line,
          field: 'row',
          reason: 'it is not {"session": ..., "events": [...]}',
          text,
        });
      const key = contentHash(text);
      row.events.forEach((entry: { aid?: unknown; ts?: unknown; type?: unknown } | null, i) => {
        const event = eventOf(
          {
            anonymousId: row.session,
            sessionId: row.session,
            itemId: entry?.aid,
            timestamp: entry?.ts,
            eventType: entry?.type,
          },
          now,
          out,
          undefined,
        );
        if (isWrong(event))
          out.reject({
            line,
            field: `events[${i}].${event.wrong}`,
            reason: event.reason,
            text: JSON.stringify(entry) ?? '',
          });
        else out.event(event, `${key}.${i}`);
      });
    },
    end() {},
  }),
};
