// Copies the models that the page comes with into the build: the catalogue, each manifest in models/, and the GGUF that
// it names unless that lies on another server.
import { copyFile, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Plugin } from 'vite';

/**
 * @param modelsFolder folder with one folder per model, each with a `manifest.json`
 * @returns a plugin that fails the build when a manifest or its file is missing or of another size
 */
export function modelFiles(modelsFolder: string): Plugin {
  let outDir = '';
  return {
    name: 'sterna:model-files',
    apply: 'build',
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir);
    },
    async writeBundle() {
      const entries = await readdir(modelsFolder, { withFileTypes: true }).catch(() => []);
      let count = 0;
      for (const entry of entries) {
        if (
          entry.isDirectory() &&
          (await copyModel(join(modelsFolder, entry.name), join(outDir, 'models', entry.name)))
        )
          count += 1;
      }
      if (count === 0) {
        this.error(
          `No model in ${modelsFolder}; expected at least one folder with a manifest.json. Convert the default model first.`,
        );
      }
      // The catalogue that the model picker reads.
      await copyFile(join(modelsFolder, 'index.json'), join(outDir, 'models', 'index.json'));
    },
  };
}

async function copyModel(from: string, to: string): Promise<boolean> {
  const manifestPath = join(from, 'manifest.json');
  const text = await readFile(manifestPath, 'utf8').catch(() => null);
  if (text === null) return false;
  const manifest = JSON.parse(text) as { url: string; sizeBytes: number };
  await mkdir(to, { recursive: true });
  await copyFile(manifestPath, join(to, 'manifest.json'));
  if (/^https?:/.test(manifest.url)) return true;
  const name = basename(manifest.url);
  const { size } = await stat(join(from, name));
  if (size !== manifest.sizeBytes) {
    throw new Error(
      `${join(from, name)} has ${size} bytes; its manifest says ${manifest.sizeBytes}. Write the manifest again.`,
    );
  }
  await copyFile(join(from, name), join(to, name));
  return true;
}
