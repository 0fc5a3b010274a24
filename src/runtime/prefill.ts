// Brings a prompt into the KV cache: chunks of tokens, each cut into submits whose length follows the measured time.
import { packState } from '../../shaders/common/state.ts';
import type { PrefillMode } from '../api/types.ts';
import type { PassShape } from '../gpu/graph.ts';
import { submittedWorkDone } from '../gpu/readback.ts';
import type { LoadedModel } from '../loader/load-model.ts';
import { type DispatchRange, type PaceLimits, PrefillPace, paceLimits } from './prefill-pace.ts';

/** A prompt to prefill. */
export interface PrefillTask {
  readonly promptIds: readonly number[];
  /** Tokens of it whose keys and values are in the cache; fewer than all. */
  readonly reused: number;
  readonly signal?: AbortSignal;
  /** Called when a chunk is submitted whole: everything that is submitted later finds its keys and values. */
  onChunk(ids: readonly number[]): void;
}

/** Prefills the prompts of one sequence and learns how fast that goes. One task at a time. */
export class Prefill {
  readonly #model: LoadedModel;
  readonly #limits: PaceLimits;
  readonly #pace: PrefillPace;
  readonly #dispatches: number;
  // What is on its way, oldest first; resolves when it is done and recorded.
  #inFlight: Promise<void>[] = [];
  #lastDoneMs = 0;

  constructor(model: LoadedModel, mode: PrefillMode) {
    const { prefill } = model.graphs;
    this.#model = model;
    this.#limits = paceLimits(mode, model.gpu.adapter.isFallback);
    const dispatches = prefill.describe();
    this.#pace = new PrefillPace(dispatches, model.maxChunkTokens, this.#limits);
    this.#dispatches = dispatches.length;
  }

  /**
   * Submits everything but the head.
   * @returns the shape of the last chunk, which is what the head of the model needs; null when the signal aborted, which
   *   is looked at before each submit
   */
  async run({ promptIds, reused, signal, onChunk }: PrefillTask): Promise<PassShape | null> {
    let position = reused;
    for (;;) {
      const ids = promptIds.slice(position, position + this.#pace.chunkTokens(position));
      const shape = { tokens: ids.length, position };
      for (let first = 0; first < this.#dispatches; ) {
        if (signal?.aborted) return null;
        if (first === 0) this.#writePass(ids, shape);
        const head = position === reused ? this.#limits.heads.find((last) => last > first) : undefined;
        const end = Math.min(this.#pace.endOfSubmit(first, shape), head ?? this.#dispatches);
        this.#submit({ first, end }, shape);
        first = end;
        const isLast = first === this.#dispatches && position + ids.length === promptIds.length;
        // What follows the prompt is the caller's, who waits for it anyway.
        const mayWait = !isLast && head === undefined;
        while (mayWait && this.#inFlight.length >= this.#limits.inFlight) await this.#inFlight.shift();
      }
      onChunk(ids);
      position += ids.length;
      if (position === promptIds.length) return shape;
    }
  }

  // Writes take effect in the order of the queue: after the submits before, and before those that follow.
  #writePass(ids: readonly number[], shape: PassShape): void {
    const { gpu, graphs, model } = this.#model;
    gpu.device.queue.writeBuffer(model.ports.ids, 0, Uint32Array.from(ids));
    gpu.device.queue.writeBuffer(model.ports.state, 0, packState(shape));
    graphs.prefill.setTokens(shape.tokens);
  }

  #submit(range: DispatchRange, shape: PassShape): void {
    const { device } = this.#model.gpu;
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    this.#model.graphs.prefill.encode(pass, shape, range.first, range.end);
    pass.end();
    device.queue.submit([encoder.finish()]);
    const submittedMs = performance.now();
    const done = submittedWorkDone(device).then(() => {
      const nowMs = performance.now();
      this.#pace.record(range, shape, nowMs - Math.max(submittedMs, this.#lastDoneMs));
      this.#lastDoneMs = nowMs;
    });
    done.catch(() => {}); // a lost device is reported by what reads results
    this.#inFlight.push(done);
  }
}
