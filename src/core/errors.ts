/**
 * Every error the product can answer with, once: its code, the HTTP status and the exit code it becomes, and what the
 * reader can do, empty where the message says it all. `docs/reference/errors.md` is compared with this table by a test.
 */
export const errors = {
  // used wrongly: exit code 2
  'unknown-command': { status: 400, exit: 2, help: 'Run "tendril --help" for the list of commands.' },
  'unknown-setting': {
    status: 400,
    exit: 2,
    help: 'The message names those there are; "tendril agents --json" and "tendril worlds <id>" say what each does.',
  },
  'bad-setting': { status: 400, exit: 2, help: '' },
  'unknown-agent': { status: 400, exit: 2, help: 'Run "tendril agents" for the agents there are.' },
  'unknown-world': { status: 400, exit: 2, help: 'Run "tendril worlds" for the worlds there are.' },
  'bad-observation': {
    status: 400,
    exit: 2,
    help: 'The fields are those of its world ("tendril worlds <id>") or the columns of the log it was learned from.',
  },
  'unknown-format': { status: 400, exit: 2, help: 'Run "tendril import --help" for the formats there are.' },
  // the input or the machine: exit code 1
  'no-such-file': { status: 404, exit: 1, help: 'Check the path.' },
  'not-a-file': { status: 400, exit: 1, help: 'Name a file, not a directory.' },
  'empty-file': { status: 400, exit: 1, help: 'The file holds no rows.' },
  'truncated-gzip': {
    status: 400,
    exit: 1,
    help: 'Fetch the file again. Rows an import took before the break are kept, and count once when it is imported again.',
  },
  'not-text': {
    status: 400,
    exit: 1,
    help: 'Give a UTF-8 (or, where the format says so, Latin-1) text file, gzip or not.',
  },
  'bad-line': {
    status: 400,
    exit: 1,
    help: '',
  },
  'nothing-taken': {
    status: 400,
    exit: 1,
    help: 'The counts above name what is wrong. Mend the file, or state its columns with --map field=column.',
  },
  'missing-column': {
    status: 400,
    exit: 1,
    help: 'Campaigns and data sets are read as they are published; of csv, jsonl and catalogues, --map field=column says which column is which.',
  },
  'no-data': { status: 409, exit: 1, help: 'Import events first: tendril import --help.' },
  'too-little-data': { status: 409, exit: 1, help: '' },
  'data-version': {
    status: 409,
    exit: 1,
    help: 'Use the version that wrote it, or another --data directory.',
  },
  'already-writing': {
    status: 409,
    exit: 1,
    help: 'Stop the other process or send it the events over HTTP; reading and training beside it are fine.',
  },
  'disk-full': {
    status: 507,
    exit: 1,
    help: 'Free some space and run the same command again: nothing stored is lost.',
  },
  'port-in-use': { status: 409, exit: 1, help: 'Stop the other program or give another --port.' },
  'key-required': { status: 400, exit: 2, help: 'Listening beyond loopback needs a key: set TENDRIL_KEY.' },
  'bad-model': { status: 409, exit: 1, help: 'Train again: tendril train --help.' },
  // requests
  'bad-request': {
    status: 400,
    exit: 1,
    help: '',
  },
  'bad-event': { status: 400, exit: 1, help: '' },
  'not-found': { status: 404, exit: 1, help: 'See /openapi.json for the addresses there are.' },
  'wrong-method': { status: 405, exit: 1, help: 'See /openapi.json for the methods of each address.' },
  'unknown-item': { status: 404, exit: 1, help: 'Put the item first: PUT /v1/items.' },
  'unknown-campaign': {
    status: 404,
    exit: 1,
    help: 'Ask for the campaigns there are: "tendril campaigns" or GET /v1/campaigns; PUT /v1/campaigns/:id declares one.',
  },
  'campaign-at-rest': {
    status: 409,
    exit: 1,
    help: 'Mend what the message names, then PUT the campaign again or start the server anew.',
  },
  'unknown-shopper': {
    status: 404,
    exit: 1,
    help: 'Any shopper may be asked for; only histories need a known one.',
  },
  'not-ready': {
    status: 503,
    exit: 1,
    help: 'Train (tendril train auto), or wait: GET /health/ready tells.',
  },
  'forbidden-origin': { status: 403, exit: 1, help: 'Requests from other origins need a key.' },
  unauthorized: { status: 401, exit: 1, help: 'Send the key as "Authorization: Bearer ..." or "X-API-Key".' },
  'not-json': { status: 415, exit: 1, help: 'Send "Content-Type: application/json".' },
  'too-large': { status: 413, exit: 1, help: 'Send at most 1,000 events and 1 MB at once.' },
  internal: { status: 500, exit: 1, help: 'This is a fault of ours; the log has the details.' },
} as const satisfies Record<string, { status: number; exit: 1 | 2; help: string }>;

export type ErrorCode = keyof typeof errors;

/** A wrong input as a value: what, where, what would be accepted. */
export interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
}

/** The one exception the product throws on purpose; the shells turn it into an exit code or a problem+json answer. */
export class TendrilError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TendrilError';
    this.code = code;
  }
}
