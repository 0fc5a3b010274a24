import type { ModelPlan } from './presets.ts';
export async function writePeerModel(_plan: ModelPlan, _folder: string): Promise<void> {}
