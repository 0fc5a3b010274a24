// Names only: the architectures themselves live in the worker. Kept in step with their registry by a unit test.

/**
 * Values of `general.architecture` that this build runs, for telling before a download whether a model of a catalogue
 * can be loaded.
 */
export const SUPPORTED_ARCHITECTURES: readonly string[] = [
  'bitnet-b1.58',
  'bitnet-25',
  'bitnet',
  'llama',
  'qwen2',
  'qwen3',
  'olmo',
];
