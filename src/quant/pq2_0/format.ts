// PQ2_0 (type 142 of PrismML's fork): as Q2_0 in groups of 128, under an id of its own.

import { defineQ2_0 } from '../q2_0/format.ts';

/** PQ2_0 tensors; readers have kind 'ternary' and groups of 128, and refuse the code 3 ('bad-file'). */
export const pq2_0Format = defineQ2_0('PQ2_0', 142, 128);
