// penalize for the CPU: see naive.wgsl for the formula.

/** Bindings and params of kernel.ts; the grid is the columns. */
export function penalize(
  seen: usize,
  settings: usize,
  ids: usize,
  logits: usize,
  params: usize,
  columns: u32,
): void {
  const v = load<u32>(params);
  const isParallel = load<u32>(params, 4) !== 0;
  const penalty = load<f32>(settings, 12);
  if (penalty === 1) return;
  for (let c: u32 = 0; c < columns; c++) {
    const row = logits + (<usize>c * v << 2);
    const marks = isParallel ? seen + (<usize>c * v << 2) : seen;
    penalizeSeen(marks, row, v, penalty);
    if (isParallel) continue;
    for (let j: u32 = 1; j <= c; j++) {
      const id = load<u32>(ids + (j << 2));
      const isNew = id < v && load<u32>(seen + (<usize>id << 2)) === 0 && !isAmong(id, ids, j);
      if (isNew) penalizeOne(row + (<usize>id << 2), penalty);
    }
  }
}

function penalizeSeen(seen: usize, row: usize, v: u32, penalty: f32): void {
  let i: u32 = 0;
  while (i < v) {
    const at: usize = <usize>i << 2;
    // Most tokens have not occurred: four are skipped at once.
    if (i + 4 <= v && !v128.any_true(v128.load(seen + at))) {
      i += 4;
      continue;
    }
    if (load<u32>(seen + at) !== 0) penalizeOne(row + at, penalty);
    i++;
  }
}

// @ts-ignore: decorator
@inline
function penalizeOne(at: usize, penalty: f32): void {
  const logit = load<f32>(at);
  store<f32>(at, logit > 0 ? logit / penalty : logit * penalty);
}

/** Whether `id` is among ids[1] .. ids[end - 1]: a token that was drafted twice is penalised once. */
function isAmong(id: u32, ids: usize, end: u32): bool {
  for (let j: u32 = 1; j < end; j++) if (load<u32>(ids + (j << 2)) === id) return true;
  return false;
}
