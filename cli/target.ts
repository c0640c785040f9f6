import type { Command } from 'commander';
import type { SqsDeadLetters } from '../aws/sqs-dead-letters.ts';
import type { Application, Fleet } from '../core/contract/fleet.ts';
import type { FunctionName } from '../core/contract/functions.ts';
import type { Ports } from '../core/ports.ts';
import type { Output } from './output.ts';

/** Options of every command that reads or changes a deployed fleet. */
export interface TargetOptions {
  readonly fleet?: string;
  readonly live?: boolean;
}

/** A deployed fleet, in the local cloud or in an account. */
export interface Target {
  readonly fleet: Fleet;
  readonly ports: Ports;
  /** The same, acting from a given region, such as the one that takes over. */
  portsIn(region: string): Ports;
  /** What a function gave up on in a region. */
  deadLetters(region: string, name: FunctionName): SqsDeadLetters;
  apps(): readonly string[];
  /** The name itself; ends the command when the fleet has no such application. */
  requireApp(name: string): string;
  /** An application that is known to be there. */
  requireApplication(app: string): Application;
  /** The time there: a local cloud's runs faster. */
  nowMs(): number;
  /** Who asks, as the journal and notices name them. */
  readonly actor: string;
}

/** Opens what a command acts on. */
export type OpenTarget = (options: TargetOptions, output: Output) => Promise<Target>;

export function addTargetOptions(command: Command): Command {
  return command
    .option('--fleet <file>', 'the fleet file')
    .option('--live', 'use the AWS account of your credentials although a local cloud runs');
}

/**
 * Opens the running local cloud, or with `--live` or without one the caller's account. The SDK is
 * loaded here and not before, so that commands that need no cloud start at once.
 */
export async function openTarget(options: TargetOptions, output: Output): Promise<Target> {
  const { reachTarget } = await import('./reach-target.ts');
  return reachTarget(options, output);
}
