import { InvalidArgumentError } from 'commander';

/** How the values of options are read: each answers the value, or throws what would be accepted. */

/** Words separated by commas. */
export const names = (text: string): string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

export const positiveWhole = (text: string): number =>
  numberThat(text, 'a whole number from 1', (x) => Number.isInteger(x) && x >= 1);
export const wholeFromZero = (text: string): number =>
  numberThat(text, 'a whole number from 0', (x) => Number.isInteger(x) && x >= 0);
export const wholeNumber = (text: string): number => numberThat(text, 'a whole number', Number.isInteger);
export const share = (text: string): number =>
  numberThat(text, 'a number from 0 to 1', (x) => x >= 0 && x <= 1);

/** A number that fits; nothing at all is no number. */
export function numberThat(text: string, what: string, fits: (value: number) => boolean): number {
  const value = Number(text);
  if (text.trim() === '' || !fits(value)) throw new InvalidArgumentError(`accepted: ${what}`);
  return value;
}
