// Names only: the architectures themselves live in the worker. A unit test compares the list with their registry.

// Resolved by the bundler: names.ts of every folder, which imports nothing, and so no kernel comes along.
const FOLDERS = import.meta.glob<readonly string[]>('../architectures/*/names.ts', {
  eager: true,
  import: 'NAMES',
});

/**
 * Values of `general.architecture` that this build runs, for telling before a download whether a model of a catalogue
 * can be loaded.
 */
export const SUPPORTED_ARCHITECTURES: readonly string[] = Object.values(FOLDERS).flat();
