// Writes api.json: of every kind that the charts use, the fields that both the oldest and the newest supported Kubernetes know (1.30 and 1.36), with
// their types; a field that either demands ends with "!". Source: the models that Kubernetes' own JavaScript client generates from the published
// OpenAPI document. To write it anew: npm install --ignore-scripts && node compact.mjs
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const kinds = {
  'v1/ConfigMap': 'V1ConfigMap', 'v1/Secret': 'V1Secret', 'v1/Service': 'V1Service', 'v1/ServiceAccount': 'V1ServiceAccount',
  'v1/PersistentVolumeClaim': 'V1PersistentVolumeClaim', 'v1/ResourceQuota': 'V1ResourceQuota', 'v1/LimitRange': 'V1LimitRange',
  'apps/v1/Deployment': 'V1Deployment', 'apps/v1/StatefulSet': 'V1StatefulSet', 'batch/v1/Job': 'V1Job', 'batch/v1/CronJob': 'V1CronJob',
  'autoscaling/v2/HorizontalPodAutoscaler': 'V2HorizontalPodAutoscaler', 'policy/v1/PodDisruptionBudget': 'V1PodDisruptionBudget',
  'networking.k8s.io/v1/NetworkPolicy': 'V1NetworkPolicy', 'networking.k8s.io/v1/Ingress': 'V1Ingress',
  'rbac.authorization.k8s.io/v1/Role': 'V1Role', 'rbac.authorization.k8s.io/v1/RoleBinding': 'V1RoleBinding',
};

function read(alias) {
  const gen = join(here, 'node_modules', alias, 'dist', 'gen');
  const folder = [join(gen, 'models'), join(gen, 'model')].find(existsSync);
  const files = new Map(readdirSync(folder).map(name => [name.toLowerCase(), join(folder, name)]));
  return type => {
    const code = files.get(`${type.toLowerCase()}.js`), shape = files.get(`${type.toLowerCase()}.d.ts`);
    if (!code) return undefined;
    const declared = readFileSync(shape, 'utf8');
    const fields = {};
    const text = readFileSync(code, 'utf8').replace(/\/\*[^]*?\*\//g, '');
    for (const [, name, base, kind] of text.matchAll(/"name": "([^"]*)",\s*"baseName": "([^"]*)",\s*"type": "([^"]*)"/g))
      fields[base] = { kind, demanded: new RegExp(`^ +'${name.replace('$', '\\$')}': `, 'm').test(declared) };
    return fields;
  };
}

const [oldest, newest] = [read('oldest'), read('newest')];
const types = {};
function add(type) {
  if (types[type]) return;
  const [then, now] = [oldest(type), newest(type)];
  if (!then || !now) return;
  types[type] = {};
  for (const [base, field] of Object.entries(now)) {
    if (!then[base] || base === 'status') continue;
    types[type][base] = field.kind.replace('{ [key: string]: ', 'map<').replace(/; }$/, '>').replace('Array<', 'list<') + (field.demanded || then[base].demanded ? '!' : '');
    for (const inner of field.kind.match(/[A-Za-z]*V\d\w+/g) ?? []) add(inner);
  }
}
Object.values(kinds).forEach(add);
const sorted = o => Object.fromEntries(Object.entries(o).sort(([a], [b]) => (a < b ? -1 : 1)));
const lines = Object.entries(sorted(types)).map(([type, fields]) => `    ${JSON.stringify(type)}: ${JSON.stringify(sorted(fields))}`);
writeFileSync(join(here, 'api.json'), `{\n  "kubernetes": "1.30 to 1.36",\n  "kinds": ${JSON.stringify(sorted(kinds), null, 2).replaceAll('\n', '\n  ')},\n  "types": {\n${lines.join(',\n')}\n  }\n}\n`);
