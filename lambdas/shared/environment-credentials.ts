/**
 * Takes the place of the SDK's chain of credential providers in the bundles, under its name: half
 * of a small function would be ways to log in that Lambda never takes. Lambda sets these variables
 * before the code starts and ends the environment before the keys do, so nothing is refreshed.
 */
export const defaultProvider = () => () => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined) {
    const message =
      'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are missing: they are set by Lambda from the ' +
      'role of the function; look whether it has one.';
    return Promise.reject(new Error(message));
  }
  return Promise.resolve({
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: AWS_SESSION_TOKEN }),
  });
};
