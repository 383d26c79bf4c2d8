/**
 * `npm run kernels`: compiles src/math/kernels/assembly to WebAssembly and writes its bytes as a data module, so that the
 * pure rows need neither a file system nor a compiler. The compiler, 100 MB, is fetched by that script and by nothing
 * else; beside the bytes stands a hash of what they were made from, which a test compares.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = join(import.meta.dirname, '../src/math/kernels');
const assembly = join(folder, 'assembly');
/** Memory is imported and never grown, no runtime, no static data. */
const flags = [
  ...['--enable', 'simd', '--enable', 'bulk-memory'],
  ...['--runtime', 'stub', '--importMemory', '--noExportMemory', '--use', 'abort='],
  ...['-O3', '--converge', '--noAssert'],
];
/** A second build, for runtimes that know relaxed SIMD, adds products in one rounding. */
const fusedFlags = [...flags, '--enable', 'relaxed-simd'];
/** A third, of the second, works on memory that threads share, at most 4 GB as all do. */
const sharedFlags = [...fusedFlags, '--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536'];

/** Of the flags and every source file. */
export function kernelsSourceHash(): string {
  const hash = createHash('sha256').update(sharedFlags.join(' '));
  for (const name of readdirSync(assembly).sort())
    hash.update(`\n${name}\n`).update(readFileSync(join(assembly, name)));
  return hash.digest('hex');
}

function compile(flags: readonly string[]): Buffer {
  const out = mkdtempSync(join(tmpdir(), 'tendril-kernels-'));
  try {
    const wasm = join(out, 'kernels.wasm');
    const { error, status } = spawnSync(
      'asc',
      ['kernels.ts', '--baseDir', assembly, '--outFile', wasm, ...flags],
      {
        stdio: 'inherit',
      },
    );
    if (error) throw new Error('there is no compiler here; "npm run kernels" brings it', { cause: error });
    if (status !== 0) throw new Error(`asc ended with ${status}`);
    return readFileSync(wasm);
  } finally {
    rmSync(out, { recursive: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [bytes, fused, shared] = [flags, fusedFlags, sharedFlags].map(compile) as [Buffer, Buffer, Buffer];
  const text = (of: Buffer): string =>
    of
      .toString('base64')
      .match(/.{1,100}/g)!
      .map((line) => `  '${line}',`)
      .join('\n');
  writeFileSync(
    join(folder, 'kernels-wasm.data.ts'),
    `// Written by scripts/build-kernels.ts from assembly/: ${bytes.length} bytes of WebAssembly as base64.
export const kernelsWasm: string = [\n${text(bytes)}\n].join('');

/** The same with relaxed SIMD: ${fused.length} bytes. */
export const kernelsWasmFused: string = [\n${text(fused)}\n].join('');

/** The same as that, on shared memory: ${shared.length} bytes. */
export const kernelsWasmShared: string = [\n${text(shared)}\n].join('');

/** SHA-256 of the source and the compiler's flags. */
export const kernelsSource = '${kernelsSourceHash()}';
`,
  );
  console.log(`${bytes.length}, ${fused.length} and ${shared.length} bytes`);
}
