// The public records of a benchmark: what to measure and what came out. Clone-safe, no behaviour; also the format of
// exported files, which bench/results/README.md describes. A change of meaning raises BENCHMARK_VERSION.
import type { AdapterSummary, AutotuneReport } from './types.ts';

/** Version of `BenchmarkReport` as a file. */
export const BENCHMARK_VERSION = 1;

/** What to measure. */
export interface BenchmarkOptions {
  /** `pp` and tokens: prefill of a prompt; `tg` and tokens: generation. Default: pp512 and tg128. At most 16. */
  readonly tests?: readonly string[];
  /** Tokens in the KV cache before a test; every test runs at every depth that fits the context. Default: 0. At most 16. */
  readonly depths?: readonly number[];
  /** Measured repeats of a test after the warm-up, 1 to 100. Default 5. */
  readonly repeats?: number;
  /** No repeat of a test begins after this many seconds, but two always run. Default 20. Range 1 to 3600. */
  readonly maxSecondsPerTest?: number;
  /** Time every kernel of a decode step on its own. Default true. */
  readonly kernels?: boolean;
}

/** Where a benchmark stands. */
export interface BenchmarkProgress {
  readonly stage: 'device' | 'warm-up' | 'test' | 'count' | 'kernels' | 'done';
  /** What is measured now: `tg128 at depth 512`, or the name of a kernel. */
  readonly label: string;
  /** Steps done, and in all. */
  readonly done: number;
  readonly total: number;
}

/** Repeated measurements. p10 and p90 are interpolated between neighbours. */
export interface Summary {
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly repeats: number;
}

/** One test at one depth. */
export interface BenchmarkTest {
  /** `pp512`, `tg128`. */
  readonly name: string;
  readonly kind: 'prefill' | 'decode';
  readonly tokens: number;
  /** Tokens in the cache before the test. */
  readonly depth: number;
  readonly tokensPerSecond: Summary;
}

/** What the device and this browser can do at best, measured in the same run. */
export interface DeviceCeilings {
  /** Bytes read plus bytes written per second by the copy kernel. */
  readonly copyBytesPerSecond: number;
  /** Seconds per dependent tiny dispatch in one pass, encoding included. */
  readonly dispatchSeconds: number;
  /** Seconds from the submit of a four-byte copy to its bytes in JavaScript. */
  readonly readBackSeconds: number;
}

/** The device and what of it decided between kernels. */
export interface BenchmarkDevice {
  readonly adapter: AdapterSummary;
  /** Whether packed 8-bit dot products run on hardware, are emulated by the driver, or are not offered. */
  readonly packedDot: 'hardware' | 'emulated' | 'none';
  /** Optional WebGPU features in use. */
  readonly features: readonly string[];
  /** Why the kernels of the table were chosen, in sentences. */
  readonly choices: readonly string[];
}

/** What one token costs the host, counted while tokens are generated. */
export interface TokenCounts {
  /** Row of the budget table: the arithmetic, and `-planes` where activations are also kept as bit planes. */
  readonly mode: string;
  readonly dispatches: number;
  readonly dispatchesPerLayer: number;
  readonly dispatchesBesideLayers: number;
  readonly submits: number;
  readonly readBacks: number;
  /** Buffers, bind groups, layouts, modules and pipelines made while the tokens were counted. */
  readonly created: number;
  /** Buffer writes while the tokens were counted. */
  readonly written: number;
  /** Tokens that were counted. */
  readonly countedTokens: number;
  /** The bounds of this mode. */
  readonly budget: TokenBudget;
}

/** Upper bounds of TokenCounts. */
export interface TokenBudget {
  readonly dispatchesPerLayer: number;
  /** Besides one more for each further shard of embedding and head. */
  readonly dispatchesBesideLayers: number;
  readonly submits: number;
  readonly readBacks: number;
}

/** Where the time of a token goes, in seconds. The parts overlap on the device, so their sum may exceed the total. */
export interface TokenTime {
  /** Measured: 1 / median of the first decode test. */
  readonly total: number;
  /** Derived: bytes that a step reads / copy bandwidth. */
  readonly memory: number;
  /** Derived: dispatches * cost of one. */
  readonly dispatch: number;
  /** Derived: read-backs * cost of one; hidden as long as enough steps are in flight. */
  readonly readBack: number;
  /** Measured: JavaScript time to encode and submit a step. */
  readonly cpu: number;
  readonly bytesPerToken: number;
}

/** One kernel of a decode step, over all its dispatches in the step. */
export interface KernelTime {
  /** Operation and variant, `matvec-ternary/dp4a-subgroup`. */
  readonly kernel: string;
  /** What it computes: the label of its first dispatch without the layer. */
  readonly role: string;
  readonly dispatches: number;
  /** Seconds of one dispatch, the mean over the layers. */
  readonly seconds: Summary;
  /** Bytes of weights and live cache that one dispatch reads; null where it reads a part of its buffers only. */
  readonly bytes: number | null;
}

/** The model that was measured. */
export interface BenchmarkModel {
  readonly id: string;
  readonly name: string;
  /** Random weights in a published shape. */
  readonly synthetic: boolean;
  readonly architecture: string;
  readonly parameters: number;
  readonly layers: number;
  readonly contextLength: number;
  /** Arithmetic of the linear layers. */
  readonly activations: string;
  readonly weightsBytes: number;
  readonly kvCacheBytes: number;
}

/** Speed of writing text after a short English prompt: bytes compare models with different vocabularies. */
export interface TextSpeed {
  readonly tokensPerSecond: Summary;
  /** UTF-8 bytes of the generated text. */
  readonly bytesPerSecond: Summary;
}

/** A finished benchmark. */
export interface BenchmarkReport {
  readonly format: 'sterna-benchmark';
  readonly version: number;
  /** ISO 8601. */
  readonly date: string;
  /** Commit that the engine was built from; `+` when files differed from it; `unknown` outside a repository. */
  readonly commit: string;
  /** The browser's user agent, or Dawn and Node. */
  readonly runtime: string;
  readonly device: BenchmarkDevice;
  readonly model: BenchmarkModel;
  readonly ceilings: DeviceCeilings;
  readonly tests: readonly BenchmarkTest[];
  /** Which kernels were chosen by measuring; absent in older files. */
  readonly tuning?: AutotuneReport;
  /** Null without tokenizer (synthetic models); absent in older files. */
  readonly textSpeed?: TextSpeed | null;
  /** Tests that were left out because the context is too short. */
  readonly skipped: readonly string[];
  readonly counts: TokenCounts;
  /** Null when no decode test was run. */
  readonly tokenTime: TokenTime | null;
  /** How kernels were timed; null when they were not. */
  readonly kernelMethod: 'timestamp-query' | 'wall-time' | null;
  readonly kernels: readonly KernelTime[];
}
