// Every variant's WGSL declares exactly the bindings and the params struct that its kernel.ts lists.
import { describe, expect, it } from 'vitest';
import { type VariableInfo, WgslReflect } from 'wgsl_reflect';
import { CASES } from '../../shaders/cases.ts';
import { KERNELS } from '../../shaders/index.ts';
import { instantiateKernels } from '../../src/wasm/kernel-module.ts';
import { WasmMemory } from '../../src/wasm/memory.ts';

/** WebGPU's default limit: more bindings would not run on the smallest devices. */
const MAX_STORAGE_BUFFERS = 8;

function access({ access: declared }: VariableInfo): string {
  return declared === 'read_write' ? 'read-write' : 'read';
}

/**
 * The declarations alone: the reflection's parser does not know all of WGSL's statements (`a < B; ...` in a loop head is
 * taken for a template list) and no experimental matrix types, and neither bodies nor aliases declare a binding.
 */
function declarations(code: string): string {
  const bare = code.replaceAll(/\/\/.*$/gm, '').replaceAll(/^alias \w+ = subgroup_matrix_.*$/gm, '');
  let kept = '';
  let at = 0;
  for (const { index } of bare.matchAll(/\bfn\s+\w+/g)) {
    const open = bare.indexOf('{', index);
    kept += `${bare.slice(at, open)}{}`;
    let depth = 0;
    for (at = open; at < bare.length; at++) {
      if (bare[at] === '{') depth++;
      if (bare[at] === '}' && --depth === 0) break;
    }
    at++;
  }
  return kept + bare.slice(at);
}

// Node 20 does not know relaxed SIMD; both modules are of the same sources.
const module = await instantiateKernels(new WasmMemory().memory, false, ['simd']);

describe.each(KERNELS.map((kernel) => ({ name: kernel.name, kernel })))('$name', ({ kernel }) => {
  it('stays within the default limit of storage buffers', () => {
    expect(kernel.bindings.length).toBeLessThanOrEqual(MAX_STORAGE_BUFFERS);
  });

  it('has cases', () => {
    const cases = CASES.find((entry) => entry.kernel === kernel.name)?.cases ?? [];
    expect(cases.length).toBeGreaterThan(0);
    expect(new Set(cases.map((entry) => entry.name)).size, 'case names are unique').toBe(cases.length);
  });

  it('has a naive variant, and for every layout one that requires no feature', () => {
    expect(kernel.variants.map(({ name }) => name)).toContainEqual(expect.stringMatching(/^naive\b/));
    const plain = kernel.variants.filter(({ requires }) => requires.length === 0);
    const covered = plain.map(({ layout }) => layout);
    for (const { layout } of kernel.variants) expect(covered).toContain(layout);
  });

  const inWgsl = kernel.variants.filter(({ wasm }) => wasm === undefined);
  it.each(inWgsl.map((variant) => ({ variantName: variant.name, variant })))(
    '$variantName declares the bindings and params of kernel.ts',
    ({ variant }) => {
      const reflected = new WgslReflect(declarations(variant.code));
      const storage = reflected.storage.toSorted((a, b) => a.binding - b.binding);
      expect(
        storage.map((info) => ({ name: info.name, access: access(info), binding: info.binding })),
      ).toEqual(kernel.bindings.map((info, binding) => ({ name: info.name, access: info.access, binding })));
      expect(reflected.uniforms.map(({ binding, group }) => ({ binding, group }))).toEqual([
        { binding: kernel.bindings.length, group: 0 },
      ]);
      const members = reflected.uniforms[0].members ?? [];
      expect(members.map(({ name, type, offset }) => ({ name, type: type.name, offset }))).toEqual(
        kernel.params.map(({ name, type }, index) => ({ name, type, offset: index * 4 })),
      );
      expect(reflected.entry.compute.map(({ name }) => name)).toEqual(['main']);
    },
  );

  const inWasm = kernel.variants.flatMap(({ name, wasm, overrides }) =>
    wasm === undefined ? [] : [{ variantName: name, wasm, overrides }],
  );
  it.each(inWasm)(
    '$variantName is a function that takes bindings, params, grid, constants and its share',
    ({ wasm, overrides = {} }) => {
      const constants = wasm.constants ?? [];
      for (const name of constants) expect(Object.keys(overrides)).toContain(name);
      const always = kernel.bindings.length + 1;
      const operands = module.functions.get(wasm.name)?.length;
      const most = always + 3 + constants.length + (wasm.shared ? 2 : 0);
      // Trailing operands that it does not need may be left out.
      expect(operands).toBeGreaterThanOrEqual(constants.length > 0 || wasm.shared ? most : always);
      expect(operands).toBeLessThanOrEqual(most);
    },
  );
});
