/** Latitude and longitude of the places that AWS names its regions after, in degrees. */
const places: Readonly<Record<string, readonly [latitude: number, longitude: number]>> = {
  'us-east-1': [38.9, -77.4],
  'us-east-2': [40.1, -83.0],
  'us-west-1': [37.4, -121.9],
  'us-west-2': [45.8, -119.7],
  'ca-central-1': [45.5, -73.6],
  'sa-east-1': [-23.5, -46.6],
  'eu-west-1': [53.3, -6.3],
  'eu-west-2': [51.5, -0.1],
  'eu-west-3': [48.9, 2.4],
  'eu-central-1': [50.1, 8.7],
  'eu-central-2': [47.4, 8.5],
  'eu-north-1': [59.3, 18.1],
  'eu-south-1': [45.5, 9.2],
  'eu-south-2': [41.6, -0.9],
  'af-south-1': [-33.9, 18.4],
  'me-south-1': [26.1, 50.6],
  'me-central-1': [24.5, 54.4],
  'il-central-1': [32.1, 34.8],
  'ap-south-1': [19.1, 72.9],
  'ap-south-2': [17.4, 78.5],
  'ap-southeast-1': [1.3, 103.8],
  'ap-southeast-2': [-33.9, 151.2],
  'ap-southeast-3': [-6.2, 106.8],
  'ap-southeast-4': [-37.8, 145.0],
  'ap-east-1': [22.3, 114.2],
  'ap-northeast-1': [35.7, 139.7],
  'ap-northeast-2': [37.6, 127.0],
  'ap-northeast-3': [34.7, 135.5],
};

const EARTH_RADIUS_KM = 6_371;
const RADIANS = Math.PI / 180;

/** Stands in for latency: the distance between two regions; unknown ones are very far. */
export function distanceKm(from: string, to: string): number {
  if (from === to) return 0;
  const [start, end] = [places[from], places[to]];
  if (start === undefined || end === undefined) return Number.MAX_SAFE_INTEGER;
  const [latitude, longitude] = [start[0] - end[0], start[1] - end[1]];
  const half =
    Math.sin((latitude * RADIANS) / 2) ** 2 +
    Math.cos(start[0] * RADIANS) *
      Math.cos(end[0] * RADIANS) *
      Math.sin((longitude * RADIANS) / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(half));
}
