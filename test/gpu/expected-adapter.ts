// Which driver Dawn finds is decided by VK_ICD_FILENAMES, set before the process starts; here, what it must answer.
/** The adapter that a target must answer with, so that a wrong driver is a failure and not a quiet substitute. */
export const EXPECTED_ADAPTER: Readonly<Record<string, RegExp>> = {
  llvmpipe: /llvmpipe/i,
  swiftshader: /swiftshader/i,
  wasm: /WebAssembly/,
};
