// What computes, by the address of the page: ?backend=webgpu or ?backend=wasm, to compare them; without it the engine chooses.
import type { Backend } from 'sterna';

/** Every backend with its name for people. */
export const BACKENDS: readonly { readonly id: Backend; readonly label: string }[] = [
  { id: 'auto', label: 'Automatic' },
  { id: 'webgpu', label: 'WebGPU' },
  { id: 'wasm', label: 'WebAssembly' },
];

/** @param search `location.search`; anything unknown in it counts as `auto` */
export function backendFrom(search: string): Backend {
  const wanted = new URLSearchParams(search).get('backend');
  return BACKENDS.find(({ id }) => id === wanted)?.id ?? 'auto';
}
