import { functions } from '../core/contract/functions.ts';
import type { Draw } from './random-draw.ts';

const services = ['ecs', 'ecr', 'dynamodb', 's3', 'sqs', 'sns', 'cloudwatch', 'lambda'] as const;

/** Calls whose effect stays while the function that made them dies or stands still. */
const effects = [
  { service: 'dynamodb', operation: 'PutItem' },
  { service: 's3', operation: 'PutObject' },
  { service: 'ecs', operation: 'UpdateService' },
  { service: 'ecs', operation: 'RegisterTaskDefinition' },
  { service: 'ecr', operation: 'PutImage' },
  { service: 'sns', operation: 'Publish' },
  { service: 'lambda', operation: 'Invoke' },
] as const;

/** Any one fault; it heals by itself. */
export function randomFault(draw: Draw): object {
  const region = draw.region();
  const make = draw.pick([placeFault, callFault, eventFault, functionFault, worldFault]);
  return { ...make(draw, region), for: draw.seconds(20, 300) };
}

function placeFault(draw: Draw, region: string): object {
  const oneWay = draw.chance(5);
  return draw.pick([
    { kind: 'region-down', region },
    { kind: 'link-cut', region, to: draw.otherEnd(region), oneWay },
    { kind: 'link-cut', region, to: draw.otherEnd(region), oneWay },
    { kind: 'control-plane-down', region, service: draw.pick(services) },
  ]);
}

function callFault(draw: Draw, region: string): object {
  const of = { region, service: draw.pick(services), rate: rateOf(draw) };
  return draw.pick([
    { kind: 'api-throttle', ...of },
    { kind: 'api-error', ...of },
    { kind: 'lost-response', ...of },
    { kind: 'latency', region, service: of.service, delay: draw.pick(['1s', '2s']) },
  ]);
}

/** Events of AWS services that are lost, doubled, late and out of order. */
export function eventFault(draw: Draw, region: string): object {
  return draw.pick([
    { kind: 'event-drop', region, rate: rateOf(draw) },
    { kind: 'event-duplicate', region, rate: rateOf(draw) },
    { kind: 'event-delay', region, delay: draw.seconds(5, 600), rate: rateOf(draw) },
  ]);
}

/** A function that dies or stands still between two of its calls. */
export function functionFault(draw: Draw, region: string): object {
  const name = draw.pick(Object.keys(functions));
  const rate = rateOf(draw);
  const delay = draw.seconds(5, 180);
  return draw.pick([
    { kind: 'function-kill', region, function: name, rate },
    { kind: 'function-kill', region, ...draw.pick(effects), rate },
    { kind: 'function-freeze', region, function: name, delay, rate: rate / 5 },
    { kind: 'function-freeze', region, ...draw.pick(effects), delay, rate },
  ]);
}

function worldFault(draw: Draw, region: string): object {
  return draw.pick([
    { kind: 'clock-skew', region, [draw.pick(['ahead', 'behind'])]: '2s' },
    { kind: 'metric-gap', region },
    { kind: 'no-capacity', region },
  ]);
}

const rateOf = (draw: Draw): number => draw.whole(1, 6) / 10;
