import { expect, test } from 'vitest';
import { escapeXml, labelled } from './report-lists.ts';

test('titles from outside can neither end their element nor break the XML', () => {
  expect(escapeXml(`<b a="1" c='2'>&`)).toBe('&#60;b a=&#34;1&#34; c=&#39;2&#39;&#62;&#38;');
  expect(escapeXml('a\u0000b\u000bc\ud83dd\uffffe')).toBe('a\ufffdb\ufffdc\ufffdd\ufffde');
  expect(escapeXml('tab\tline\nü 漢 \u{1F600}')).toBe('tab\tline\nü 漢 \u{1F600}');
});

test('words with a dollar sign are taken as they are', () => {
  expect(labelled('<svg x="1"></svg>', "$& $' $1")).toBe(
    '<svg role="img" aria-label="$&#38; $&#39; $1" x="1"></svg>',
  );
});
