import { contentHash, TendrilError } from '../core/index.ts';
import { bare, type EventField, eventFields } from './columns.ts';
import { type EventValues, eventOf } from './event-row.ts';
import { type Format, isWrong } from './ingest.ts';

/** Events as JSON lines, one object a line; field names as in the HTTP API, in snake case, or any alias of theirs. */
export const jsonl: Format = {
  name: 'jsonl',
  summary: 'events as JSON lines, in the form of POST /v1/events or with other field names',
  example: 'tendril import jsonl events.jsonl.gz --map eventValue=stars',
  open({ file, map, now, out }) {
    const stated = new Map(Object.entries(map).map(([field, column]) => [column, field]));
    for (const field of stated.values()) {
      if (!Object.hasOwn(eventFields, field))
        throw new TendrilError(
          'missing-column',
          `${file}: --map ${field}=...: there is no field "${field}"; there are: ${Object.keys(eventFields).join(', ')}`,
        );
    }
    const statedFields = new Set(stated.values());
    const cache = new Map<string, string | undefined>();
    /** Field of a key; of two keys for one field the stated one wins, then the one that comes first. */
    const fieldOf = (key: string): string | undefined => {
      if (cache.has(key)) return cache.get(key);
      const name = bare(key);
      const guessed =
        (Object.keys(eventFields) as EventField[]).find((field) =>
          (eventFields[field] as readonly string[]).includes(name),
        ) ?? (['items', 'impression', 'properties'].includes(name) ? name : undefined);
      const field =
        stated.get(key) ?? (guessed !== undefined && statedFields.has(guessed) ? undefined : guessed);
      if (cache.size < 10_000) cache.set(key, field);
      return field;
    };
    const salt = Number.parseInt(contentHash(`jsonl${JSON.stringify(map)}`).slice(0, 8), 16);
    return {
      line(text, line) {
        if (text.trim() === '') return;
        let row: unknown;
        try {
          row = JSON.parse(text);
        } catch {
          row = undefined;
        }
        if (typeof row !== 'object' || row === null || Array.isArray(row))
          return out.reject({ line, field: 'row', reason: 'it is not a JSON object', text });
        const values: Record<string, unknown> = {};
        for (const key in row) {
          const field = fieldOf(key);
          const value = (row as Record<string, unknown>)[key];
          if (field !== undefined && value !== null && values[field] === undefined) values[field] = value;
        }
        const typeless =
          values.eventType === undefined
            ? values.eventValue === undefined
              ? undefined
              : values.text === undefined
                ? 'rating'
                : 'review'
            : undefined;
        if (typeless !== undefined) out.imputed(`eventType filled in: ${typeless}`);
        const event = eventOf(values as EventValues, now, out, typeless);
        if (isWrong(event)) out.reject({ line, field: event.wrong, reason: event.reason, text });
        else out.event(event, event.eventId === undefined ? contentHash(text, salt) : '');
      },
      end() {},
    };
  },
};
