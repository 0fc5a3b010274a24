// Writes sw.js into the build: the page's own files are kept on the device and served from there.
// Weights are left out: the engine keeps them in IndexedDB, checked piece by piece.
import { join, resolve } from 'node:path';
import type { Plugin } from 'vite';
import { generateSW } from 'workbox-build';

/** Largest single file of the shell. A larger one is most likely a model that does not belong there. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** A plugin that writes the service worker once the other files of the build are in place. */
export function serviceWorker(): Plugin {
  let outDir = '';
  let isWritten = false;
  return {
    name: 'sterna:service-worker',
    apply: 'build',
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir);
    },
    writeBundle() {
      isWritten = true;
    },
    async closeBundle() {
      // Also called after a failed build, whose error must not be hidden by one of this plugin.
      if (!isWritten) return;
      const { count, size, warnings } = await generateSW({
        globDirectory: outDir,
        globPatterns: [
          '*.{html,js,svg,png,webmanifest}',
          'assets/**/*.{js,css,svg,wasm}',
          'models/index.json',
          'models/*/manifest.json',
        ],
        globIgnores: ['sw.js'],
        swDest: join(outDir, 'sw.js'),
        inlineWorkboxRuntime: true,
        mode: 'production',
        sourcemap: false,
        // Vite puts a hash of the content into these names.
        dontCacheBustURLsMatching: /^assets\//,
        navigateFallback: 'index.html',
        // Addresses of files are not pages.
        navigateFallbackDenylist: [/\.[a-z0-9]+$/i, /\/models\//],
        ignoreURLParametersMatching: [/./],
        cleanupOutdatedCaches: true,
        // The page works offline from its first visit on; a newer version waits until the person agrees.
        clientsClaim: true,
        skipWaiting: false,
        maximumFileSizeToCacheInBytes: MAX_FILE_BYTES,
        cacheId: 'sterna',
      });
      for (const warning of warnings) this.warn(warning);
      this.info(`sw.js keeps ${count} files, ${Math.round(size / 1000)} kB`);
    },
  };
}
