// Upper bounds for GGUF headers from untrusted sources. Real models stay far below every one of them.

/** First read of a header. Small models fit; large vocabularies need up to 8 MiB, reached by doubling. */
export const FIRST_HEADER_READ_BYTES = 1024 * 1024;

/** A header that needs more than this is damaged or hostile: the largest published ones have about 16 MB. */
export const MAX_HEADER_BYTES = 64 * 1024 * 1024;

/** Without it a count of 2^40 would loop for hours; the largest models have a few thousand tensors. */
export const MAX_TENSORS = 65536;

/** As for tensors; real files have about 50 keys. */
export const MAX_METADATA_KEYS = 65536;

/** One string. Chat templates and embedded tokenizer files reach a few MiB. */
export const MAX_STRING_BYTES = 16 * 1024 * 1024;

/** Elements of one array. The largest vocabularies have 2^18 tokens and 2^19 merges. */
export const MAX_ARRAY_ELEMENTS = 2 ** 24;

/** ggml keeps names in 64 bytes with a terminator. */
export const MAX_TENSOR_NAME_BYTES = 63;

/** ggml tensors have up to four dimensions. */
export const MAX_TENSOR_DIMS = 4;

/** Elements of one tensor: keeps every size computation exact in a double. */
export const MAX_TENSOR_ELEMENTS = 2 ** 40;

/** More than a page of padding per tensor is never written; larger values only serve to overflow offsets. */
export const MAX_ALIGNMENT = 65536;

/** Alignment when `general.alignment` is absent. */
export const DEFAULT_ALIGNMENT = 32;

/** Files of one split model. Each is opened and its header read: a hostile count would ask for thousands. */
export const MAX_SHARDS = 1024;
