import { formatDuration } from '../core/contract/format-duration.ts';
import { functions } from '../core/contract/functions.ts';
import type { Models } from '../sandbox/build-cloud.ts';
import type { FleetProblem } from '../core/contract/fleet-problem.ts';
import { commandProblem } from './operator-command.ts';
import { type Expectation, moments, subjects } from './scenario-expectations.ts';
import { type FaultStep, type Step, stepKinds } from './scenario-steps.ts';
import type { Scenario } from './scenario.ts';

/** What each kind of fault needs beyond a region. */
const needs: Partial<Record<FaultStep['kind'], readonly (keyof FaultStep)[]>> = {
  'link-cut': ['to'],
  latency: ['delay'],
  'event-delay': ['delay'],
  'function-freeze': ['delay'],
};

/** Rules that one part of a scenario alone cannot tell. */
export function checkScenario(scenario: Scenario): FleetProblem[] {
  return [
    ...scenario.steps.flatMap((step, index) => checkStep(scenario, step, index)),
    ...scenario.expect.flatMap((expected, index) => checkExpectation(scenario, expected, index)),
  ];
}

function checkStep(scenario: Scenario, step: Step, index: number): FleetProblem[] {
  const path = ['steps', index];
  const found = stepKinds.filter((kind) => step[kind] !== undefined);
  if (found.length !== 1) {
    const message = `a step is one thing that happens, here are ${found.length}`;
    return [{ path, message, remedy: `write exactly one of ${stepKinds.join(', ')}` }];
  }
  const late = afterEnd(scenario, step.at, [...path, 'at']);
  if (step.fault !== undefined) late.push(...checkFault(step.fault, [...path, 'fault']));
  if (step.heal !== undefined) late.push(...checkHeal(scenario, step.heal, [...path, 'heal']));
  if (step.command !== undefined) {
    const problem = commandProblem(step.command, undefined);
    if (problem !== undefined) late.push({ path: [...path, 'command'], ...problem });
  }
  return late;
}

/** Services that the local cloud has. */
const services = [
  'cloudwatch',
  'dynamodb',
  'ecr',
  'ecs',
  'elasticloadbalancingv2',
  'eventbridge',
  'lambda',
  'route53',
  's3',
  'scheduler',
  'sns',
  'sqs',
  'sts',
] as const satisfies readonly (keyof Models)[];

/** What functions ask beside the APIs of AWS. */
const sights = ['http', 'dns'];

/** A name that nothing has would never be hit, and never be counted. */
function unknownName(
  member: string,
  name: string | undefined,
  known: readonly string[],
  path: FleetProblem['path'],
): FleetProblem[] {
  if (name === undefined || known.includes(name)) return [];
  const message = `there is no ${member} ${name}`;
  return [{ path: [...path, member], message, remedy: `use one of ${known.join(', ')}` }];
}

function checkFault(fault: FaultStep, path: FleetProblem['path']): FleetProblem[] {
  const missing = (needs[fault.kind] ?? []).filter((key) => fault[key] === undefined);
  const problems: FleetProblem[] = missing.map((key) => {
    const message = `a fault of kind ${fault.kind} needs ${key}`;
    return { path, message, remedy: `add ${key}` };
  });
  const names = [
    ...unknownName('service', fault.service?.toLowerCase(), [...services, ...sights], path),
    ...unknownName('function', fault.function, Object.keys(functions), path),
  ];
  problems.push(...names);
  if (fault.kind === 'clock-skew' && (fault.ahead === undefined) === (fault.behind === undefined)) {
    const message = 'a clock is either ahead or behind';
    problems.push({ path, message, remedy: 'write ahead: 2s or behind: 2s' });
  }
  return problems;
}

function checkHeal(scenario: Scenario, name: string, path: FleetProblem['path']): FleetProblem[] {
  const names = scenario.steps.flatMap(({ fault }) => fault?.name ?? []);
  if (name === 'all' || names.includes(name)) return [];
  const known = names.length === 0 ? '' : `, or one of ${names.join(', ')}`;
  const message = `no fault of this scenario is called ${name}`;
  return [{ path, message, remedy: `write all${known}, or give a fault this name` }];
}

function checkExpectation(
  scenario: Scenario,
  expected: Expectation,
  index: number,
): FleetProblem[] {
  const path = ['expect', index];
  const when = moments.filter((moment) => expected[moment] !== undefined);
  const what = subjects.filter((subject) => expected[subject] !== undefined);
  if (when.length !== 1) {
    const message = `an expectation holds at one kind of time, here are ${when.length}`;
    return [{ path, message, remedy: `write exactly one of ${moments.join(', ')}` }];
  }
  if (what.length !== 1) {
    const message = `an expectation is about one thing, here are ${what.length}`;
    return [{ path, message, remedy: `write exactly one of ${subjects.join(', ')}` }];
  }
  const { after = 0, until, within, at } = expected;
  const problems = [
    ...afterEnd(scenario, at ?? 0, [...path, 'at']),
    ...afterEnd(scenario, after + (within ?? 0), [
      ...path,
      within === undefined ? 'after' : 'within',
    ]),
    ...afterEnd(scenario, until ?? 0, [...path, 'until']),
    ...checkAmount(expected, [...path, String(what[0])]),
    ...unknownName('service', expected.calls?.service, services, [...path, 'calls']),
  ];
  if (until !== undefined && until < after) {
    const message = `nothing is between ${formatDuration(after)} and ${formatDuration(until)}`;
    problems.push({ path: [...path, 'until'], message, remedy: 'let until be later than after' });
  }
  const pushed = scenario.steps.flatMap(({ push }) => push?.tag ?? []);
  const tag = expected.digest?.tag;
  if (tag !== undefined && !pushed.includes(tag)) {
    const message = `no step pushes ${tag}, so what runs cannot be compared with it`;
    const remedy = pushed.length === 0 ? 'add a push step' : `use one of ${pushed.join(', ')}`;
    problems.push({ path: [...path, 'digest', 'tag'], message, remedy });
  }
  return problems;
}

function checkAmount(expected: Expectation, path: FleetProblem['path']): FleetProblem[] {
  const counted = expected.desired ?? expected.running ?? expected.healthy ?? expected.epoch;
  const found = counted ?? expected.deadLetters;
  if (found === undefined) return [];
  const { is, min, max } = found;
  if (is === undefined && min === undefined && max === undefined) {
    return [{ path, message: 'there is no figure to compare with', remedy: 'add is, min or max' }];
  }
  if (min === undefined || max === undefined || min <= max) return [];
  return [{ path, message: `min ${min} is above max ${max}`, remedy: 'let min be the smaller' }];
}

/** What would be looked at after the scenario has ended is never looked at. */
function afterEnd(scenario: Scenario, ms: number, path: FleetProblem['path']): FleetProblem[] {
  if (ms <= scenario.for) return [];
  const end = formatDuration(scenario.for);
  const message = `${formatDuration(ms)} is after the end of the scenario (${end})`;
  return [{ path, message, remedy: 'write an earlier time, or let `for` be longer' }];
}
