// What every instance of the module has besides kernels.
import { moveScratch } from './wasm/scratch.as';

/** Gives this instance a scratch memory of its own: threads share the memory, but each needs one. */
export function setScratch(address: usize): void {
  moveScratch(address);
}
