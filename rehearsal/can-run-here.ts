import { digestOf } from '../core/image-uri.ts';
import { primaryOf } from '../sandbox/services/ecs/ecs-state.ts';
import type { WorldView } from './world-view.ts';

/** What keeps a service from starting one more task in a region; undefined when nothing does. */
export function canRunHere(
  view: WorldView,
  { app, region, service }: { readonly app: string; readonly region: string; service: string },
): string | undefined {
  const { revision } = primaryOf(view.ecsService(app, region, service));
  return imageMissing(view, region, revision.arn);
}

/** The image of a task definition that its region does not hold. */
export function imageMissing(
  view: WorldView,
  region: string,
  taskDefinition: string,
): string | undefined {
  const { ecs, ecr } = view.cloud.built.models;
  const revision = ecs.taskDefinitions.find(region, taskDefinition);
  for (const { image = '' } of revision?.definition.containerDefinitions ?? []) {
    if (ecr.resolveImage(region, image) !== undefined) continue;
    return `${region} lacks ${digestOf(image)?.slice(0, 19) ?? image}`;
  }
  return undefined;
}
