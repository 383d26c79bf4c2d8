/**
 * Readable names for the demo shop. Its data set names products by upper-case, shortened type and size only
 * ("FRZN SS PREMIUM ENTREES/DNRS/N", "10 OZ") and hides brands behind a manufacturer's number, so that is what a title
 * can truthfully say: "Frozen single-serve premium entrees/dinners, 10 oz, brand 794".
 */

const words: Readonly<Record<string, string>> = {
  acc: 'accessories',
  access: 'accessories',
  alternatves: 'alternatives',
  ba: 'bag',
  bev: 'beverages',
  br: 'bread',
  brd: 'bread',
  btl: 'bottle',
  btr: 'batter',
  car: 'case',
  carb: 'carbonated',
  catfd: 'cat food',
  chick: 'chicken',
  chix: 'chicken',
  choc: 'chocolate',
  chococlate: 'chocolate',
  cke: 'cake',
  cnd: 'canned',
  cntrl: 'control',
  coff: 'coffee',
  containr: 'containers',
  conc: 'concentrate',
  crbntd: 'carbonated',
  crmd: 'creamed',
  decaffinated: 'decaffeinated',
  developrs: 'developers',
  dl: 'deli',
  dnrs: 'dinners',
  dogfd: 'dog food',
  dps: 'dips',
  drnk: 'drinks',
  drnks: 'drinks',
  drnking: 'drinking',
  drnkng: 'drinking',
  drp: 'drops',
  fd: 'food',
  fds: 'foods',
  fem: 'feminine',
  flvr: 'flavour',
  flvrd: 'flavoured',
  fre: 'fresh',
  frz: 'frozen',
  frzn: 'frozen',
  gds: 'goods',
  grnd: 'ground',
  handke: 'handkerchiefs',
  hngrs: 'hangers',
  hygn: 'hygiene',
  incl: 'including',
  iqf: 'individually frozen',
  iws: 'wrapped slices,',
  jce: 'juice',
  ju: 'juice',
  liq: 'liquid',
  lozng: 'lozenges',
  mach: 'machine',
  magazine: 'magazine',
  mlk: 'milk',
  mlt: 'multi',
  mneral: 'mineral',
  mnrl: 'mineral',
  misc: 'assorted',
  miscellaneous: 'assorted',
  mush: 'mushrooms',
  must: 'mustard',
  nrtrtnl: 'nutritional',
  ntrtnl: 'nutritional',
  oj: 'orange juice',
  orgnzrs: 'organisers',
  ov: 'over',
  pac: 'pack',
  pk: 'pack',
  pkg: 'packaged',
  pkgd: 'packaged',
  plstc: 'plastic',
  pnch: 'punch',
  port: 'portion',
  ppk: 'prepacked',
  prem: 'premium',
  prep: 'prepared',
  preportnd: 'pre-portioned',
  prpck: 'prepacked',
  prslc: 'pre-sliced',
  pwdrs: 'powders',
  refrig: 'refrigerated',
  reg: 'regular',
  rtd: 'ready-to-drink',
  rts: 'ready-to-serve',
  rw: 'by weight',
  sal: 'salad',
  sandwic: 'sandwiches',
  saus: 'sausage',
  sct: 'section',
  sft: 'soft',
  sgl: 'single',
  sngl: 'single',
  snk: 'snack',
  spec: 'specialty',
  specilaty: 'specialty',
  srv: 'serve',
  ss: 'single-serve',
  stk: 'stick',
  sup: 'supplies',
  sv: 'serve',
  sw: 'sweet',
  syrp: 'syrup',
  tort: 'tortilla',
  veg: 'vegetables',
  vend: 'vending',
  wat: 'water',
  wate: 'water',
  whl: 'whole',
  wra: 'wrap',
  wt: 'weight',
  xpctrnt: 'expectorants',
};

const phrases: readonly (readonly [RegExp, string])[] = [
  [/BEERALEMALT/g, 'BEER/ALE/MALT'],
  [/SAUCESSALSAPICANTEE/g, 'SAUCES/SALSA/PICANTE'],
  [/CTLRYTBLCLTHSTTHPKSST/g, 'CUTLERY/TABLECLOTHS/TOOTHPICKS'],
  [/NON-CRBNTD/g, 'NON-CARBONATED'],
  [/SOFT DRINKS 12\/18&15PK CAN CAR/g, 'SOFT DRINKS, CASE OF CANS'],
  [/SOFT DRINKS 20PK&24PK CAN CARB/g, 'SOFT DRINKS, LARGE CASE OF CANS'],
  [/SFT DRNK 2 LITER BTL CARB INCL/g, 'SOFT DRINK, 2-LITRE BOTTLE'],
  [/NOT MULTI-PACKS/g, ''],
  [/\b(\w+(?:[&/]\w+)*)-MAGAZINE/g, '$1 MAGAZINE'],
  [/\bQSR FD\b/g, 'QUICK MEALS'],
  [/\(?\bIN(?:CLUDING|CL)\b.*$/g, ''],
  [/\bALL BRANDS\b/g, ''],
  [/(ENTREES|DINNERS|CHICKEN|BAGGED) ALL$/g, '$1'],
  [/\([^)]*\)?/g, ' '],
  [/ - .?$|\/.$/g, ''],
];

/** Type names that say nothing without the category they stand in. */
const vague =
  /^(PREMIUM|MAINSTREAM|TRADITIONAL|ENHANCED|PRIMAL|LEAN|BLENDS|SELECT|NATURAL|ANGUS|CHOICE|REGULAR GARDEN|GARDEN PLUS|STICKS\/ENROBED|PREMIUM PINTS|SUPER PREMIUM.*|SMOKED\/COOKED|FLAVORED\/OTHER|NOVELTIES|OTHER.*|SBT|BASIC|DESIGNER|EVERYDAY.*|POULTRY|ORGANIC|GROUND|CORN|PIZZA\/.*)$/;

export interface ProductRow {
  readonly brand: string;
  readonly manufacturer_id: string;
  readonly product_category: string;
  readonly product_type: string;
  readonly package_size: string;
  readonly department: string;
}

/** Type, size and brand of a product as one phrase. */
export function demoTitle(row: ProductRow): string {
  const type =
    row.product_type && vague.test(row.product_type) && row.product_category
      ? `${row.product_category}, ${row.product_type}`
      : row.product_type || row.product_category || row.department || 'product';
  const brand = row.brand === 'Private' ? 'store brand' : `brand ${row.manufacturer_id}`;
  const name = readable(type);
  const size = row.package_size
    .replace(/^[A-Z]{1,2}\s{2,}/, '')
    .trim()
    .toLowerCase();
  return [name.charAt(0).toUpperCase() + name.slice(1), size, brand].filter(Boolean).join(', ');
}

function readable(type: string): string {
  const text = phrases.reduce((rest, [pattern, by]) => rest.replace(pattern, by), type);
  return text
    .toLowerCase()
    .replace(/[a-z]+/g, (word) => words[word] ?? word)
    .replace(/\s*&\s*/g, ' & ')
    .replace(/(?<=[a-z]):\s*|\s+-\s*/g, ': ')
    .replace(/\s+([,:])/g, '$1')
    .replace(/\s+/g, ' ')
    .replace(/[\s:/&,-]+$/, '')
    .trim();
}
