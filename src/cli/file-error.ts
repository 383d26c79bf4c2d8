import { TendrilError } from '../core/index.ts';

/** What a file system's refusal means to the user; undefined where the error is something else. */
export function fileError(error: unknown): TendrilError | undefined {
  const { code, path, message } = error as Partial<NodeJS.ErrnoException>;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new TendrilError('disk-full', `there is no room left for ${path ?? 'what was being written'}`);
    case 'EISDIR':
      return new TendrilError('not-a-file', `${path ?? message} is a directory`);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'EEXIST':
      return new TendrilError('bad-setting', `${message}; accepted: a path that can be written`);
    default:
      return undefined;
  }
}
