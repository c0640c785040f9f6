import { beyondNative, takesEveryTag } from './beyond-native.ts';
import type { Application, Fleet } from './fleet.ts';

/** What carries an application's images, and why it is that. */
export interface EngineChoice {
  readonly engine: 'native' | 'copy';
  readonly reason: { readonly code: string; readonly text: string };
}

/**
 * Which engine carries an application's images. `auto` takes ECR's own replication only where its
 * rules say exactly what the fleet file says: they know the beginning of a repository's name, and
 * nothing of tags.
 */
export function chooseEngine(fleet: Fleet, app: string): EngineChoice {
  const application = fleet.applications[app];
  if (application === undefined) throw new Error(`the fleet has no application ${app}`);
  const { image, replication } = application;
  const { engine } = replication;
  const targets = targetsOf(application);
  if (targets.length === 0) return copy('ENGINE_IDLE', 'It runs in its home region only.');
  if (engine === 'copy') return copy('ENGINE_COPY', 'Farshore copies, as the fleet file says.');
  const to = targets.join(', ');
  if (engine === 'native') {
    const every = `every tag of ${image.repository} to ${to}`;
    const text = `ECR replicates ${every}, as the fleet file says.`;
    return { engine, reason: { code: 'ENGINE_NATIVE', text } };
  }
  if (!takesEveryTag(application)) {
    const text = 'Farshore copies: the policy chooses tags, and rules of ECR cannot.';
    return copy('AUTO_TAGS_CHOSEN', text);
  }
  const [beyond] = beyondNative(application);
  if (beyond !== undefined) {
    const text = `Farshore copies, because of replication.${beyond.field}: ${beyond.instead}.`;
    return copy('AUTO_BEYOND_RULES', text);
  }
  const further = reachedBesides(fleet, application);
  if (further !== undefined) {
    const text =
      `Farshore copies: a rule of ECR for ${image.repository} would also carry ${further}, ` +
      'which does not go to the same regions.';
    return copy('AUTO_PREFIX_REACHES_FURTHER', text);
  }
  const text = `ECR replicates every tag of ${image.repository} to ${to}: its rules can say that.`;
  return { engine: 'native', reason: { code: 'AUTO_NATIVE', text } };
}

/** Regions that an application's images are replicated to. */
export function targetsOf({ regions, home }: Application): readonly string[] {
  return regions.filter((region) => region !== home);
}

/** Applications with this home whose images ECR itself replicates. */
export function nativeApplications(fleet: Fleet, home: string): readonly Application[] {
  return Object.entries(fleet.applications)
    .filter(([app, application]) => {
      return application.home === home && chooseEngine(fleet, app).engine === 'native';
    })
    .map(([, application]) => application);
}

/** Whether Farshore may have written rules for this home, now or before the last deployment. */
export function mayUseRules(fleet: Fleet, home: string): boolean {
  return Object.values(fleet.applications).some(
    (application) => application.home === home && application.replication.engine !== 'copy',
  );
}

function copy(code: string, text: string): EngineChoice {
  return { engine: 'copy', reason: { code, text } };
}

/** Another repository of the fleet that the name is the beginning of, and that goes elsewhere. */
function reachedBesides(fleet: Fleet, application: Application): string | undefined {
  const { repository } = application.image;
  const others = Object.values(fleet.applications).filter(
    ({ home, image }) =>
      home === application.home &&
      image.repository !== repository &&
      image.repository.startsWith(repository),
  );
  const strangers = others.filter((other) => {
    const theirs = targetsOf(other);
    const isSame = targetsOf(application).every((region) => theirs.includes(region));
    return !isSame || !takesEveryTag(other) || beyondNative(other).length > 0;
  });
  return strangers[0]?.image.repository;
}
