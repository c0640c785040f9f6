import type { FunctionName } from '../../core/contract/functions.ts';
import type { Compose } from '../shared/lambda-handler.ts';
import { failOverRegion } from './fail-over-region.ts';
import { probeRegionsFunction } from './probe-regions.ts';
import { replicateImage } from './replicate-image.ts';
import { rollOutImage } from './roll-out-image.ts';
import { scaleService } from './scale-service.ts';
import { sweepFunction } from './sweep.ts';

/** How each deployed function is made, for what runs all of them in one process. */
export const everyFunction: Readonly<Record<FunctionName, Compose>> = {
  'fail-over-region': failOverRegion,
  'probe-regions': probeRegionsFunction,
  'replicate-image': replicateImage,
  'roll-out-image': rollOutImage,
  'scale-service': scaleService,
  sweep: sweepFunction,
};
