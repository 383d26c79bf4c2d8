import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openModel, packModel } from './model-file.ts';

test('every model is read back as it was', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary' })),
      fc.array(fc.string()),
      fc.uint8Array({ maxLength: 3000 }),
      (items, shoppers, bytes) => {
        const labels = { categories: shoppers, brands: items };
        const file = { agent: 'markov', items, shoppers, labels, bytes };
        expect(openModel(packModel(file))).toEqual(file);
      },
    ),
  );
});
test('what is no model, cut off or changed is told in a sentence', () => {
  const packed = packModel({ agent: 'a', items: ['x'], shoppers: [], bytes: Uint8Array.of(1) });
  for (let length = 0; length < 12; length++) {
    expect(() => openModel(packed.subarray(0, length))).toThrow('they do not begin with TENDRIL1');
  }
  expect(() => openModel(packed.subarray(0, 20))).toThrow('the model is cut off');
  const changed = packed.slice();
  changed[12] = 0;
  expect(() => openModel(changed)).toThrow("the model's header is not JSON");
  const other = packModel({ agent: 'a', bytes: new Uint8Array(0) } as never);
  expect(() => openModel(other)).toThrow('does not name its agent, items and shoppers');
});
