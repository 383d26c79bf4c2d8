/**
 * `node scripts/build-kernels.ts`: compiles src/math/kernels/assembly to WebAssembly and writes its bytes as a data
 * module, so that the pure rows need neither a file system nor a compiler. A test compiles again and compares.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import asc from 'assemblyscript/asc';

const folder = join(import.meta.dirname, '../src/math/kernels');

/** The bytes of the compiled module: memory is imported and never grown, no runtime, no static data. */
export async function compileKernels(): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    // biome-ignore format: one flag with its value a line reads best
    [
      'kernels.ts',
      '--baseDir', join(folder, 'assembly'),
      '--outFile', 'kernels.wasm',
      '--enable', 'simd', '--enable', 'bulk-memory',
      '--runtime', 'stub',
      '--importMemory', '--noExportMemory',
      '--use', 'abort=',
      '-O3', '--converge', '--noAssert',
    ],
    {
      writeFile(_name, contents) {
        if (contents instanceof Uint8Array) bytes = contents.slice();
      },
    },
  );
  if (error || !bytes) throw error ?? new Error(stderr.toString());
  return bytes;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const bytes = await compileKernels();
  const lines = Buffer.from(bytes)
    .toString('base64')
    .match(/.{1,100}/g)!;
  const text = lines.map((line) => `  '${line}',`).join('\n');
  writeFileSync(
    join(folder, 'kernels-wasm.data.ts'),
    `// Written by scripts/build-kernels.ts from assembly/kernels.ts: ${bytes.length} bytes of WebAssembly as base64.\nexport const kernelsWasm: string = [\n${text}\n].join('');\n`,
  );
  console.log(`${bytes.length} bytes`);
}
