// What computes in the suites of whole models: the Vulkan driver that the environment names, or another backend.

/** For openModel, acquireNodeDevice and `--adapter`: STERNA_TEST_ADAPTER, by default the driver in VK_ICD_FILENAMES. */
export const TEST_ADAPTER = process.env.STERNA_TEST_ADAPTER ?? 'default';
